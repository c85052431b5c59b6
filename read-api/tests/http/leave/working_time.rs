//! What is told of an agent whose working time was recorded before it was held against the law.

use super::world::{Unit, append, day};
use events::employment::{EmploymentEvent, Quota};

/// A week longer than 48 hours gives no RTT, and hides nothing else.
#[tokio::test]
async fn a_week_that_the_law_does_not_know_hides_rtt_alone_and_is_named() {
    let mut unit = Unit::open().await;
    let agent = unit.agent.clone();
    let long = EmploymentEvent::WorkingTimeSet {
        quota: Quota::FULL,
        full_time_week_minutes: 49 * 60,
        annualised: false,
        from: day("2024-03-01"),
    };
    unit.position = append(&unit.world, agent.id.as_uuid(), vec![long]).await;
    let balance = unit.json(&agent, "/v1/me/balance").await;
    let counters: Vec<&str> =
        balance["counters"].as_array().unwrap().iter().map(|one| one["counter"].as_str().unwrap()).collect();
    assert!(counters.contains(&"annual-leave:2027") && !counters.contains(&"rtt:2027"), "{balance}");
    let untold = balance["untold"].as_array().unwrap();
    let rtt = untold.iter().find(|one| one["counter"] == "rtt:2027").unwrap_or_else(|| panic!("{balance}"));
    let reason = rtt["reason"].to_string();
    for says in ["49h", "2024-03-01", "2000-815"] {
        assert!(reason.contains(says), "{says}: {reason}");
    }
    let losses = unit.json(&unit.hr, "/v1/year-end-losses?at=2027-11-02").await;
    let of_agent =
        losses["items"].as_array().unwrap().iter().filter(|one| one["who"]["account"] == agent.id.to_string());
    let lost: Vec<&str> = of_agent.map(|one| one["counter"].as_str().unwrap()).collect();
    assert!(lost.contains(&"annual-leave:2027"), "{losses}");
}
