//! What each is told.

use super::world::{Unit, day};
use events::delegation::DelegationScope;
use events::leave::{AbsenceEvent, Counter, CounterKind, LeaveType};
use events::validation::Approver;
use rules::HalfDays;
use serde_json::json;

#[tokio::test]
async fn each_is_told_what_concerns_him_and_never_why() {
    let mut unit = Unit::open().await;
    let (agent, colleague, manager) = (unit.agent.clone(), unit.colleague.clone(), unit.manager.clone());
    let leave = unit.request(&agent, "2027-02-01", "2027-02-02").await;
    unit.record(&agent, AbsenceEvent::ReplacementNamed { leave, replacement: colleague.id }).await;
    unit.refuse(&agent, leave, "effectif").await;
    let mut told = Vec::new();
    for who in [&agent, &colleague, &manager, &unit.other_manager] {
        let notices = unit.json(who, "/v1/me/notices").await;
        assert!(!notices.to_string().contains("effectif") && !notices.to_string().contains("Lisbonne"));
        let types = notices["items"].as_array().unwrap().iter().map(|one| one["type"].as_str().unwrap().to_owned());
        told.push(types.collect::<Vec<_>>());
    }
    let expected: [&[&str]; 4] = [&["LeaveRefused"], &["LeaveRefused", "ReplacementNamed"], &["LeaveRequested"], &[]];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn who_decides_in_the_place_of_another_is_told_what_he_may_decide() {
    let mut unit = Unit::open().await;
    let (agent, manager) = (unit.agent.clone(), unit.manager.id);
    let unpaid = DelegationScope { types: [LeaveType::Unpaid].into(), ..DelegationScope::default() };
    let of_another_type = unit.delegate_from("2027-01-01", unpaid).await;
    let since_today = unit.delegate_from("2027-01-16", DelegationScope::default()).await;
    let leave = unit.request(&agent, "2027-02-01", "2027-02-02").await;
    unit.record(&agent, AbsenceEvent::LeaveWithdrawn { leave }).await;
    let named = unit.request_from(Approver::Person(manager), &agent, "2027-03-01", "2027-03-02").await;
    assert_eq!(unit.told(&unit.delegate).await, ["LeaveRequested", "LeaveWithdrawn", "LeaveRequested"]);
    for (name, who) in [("expired", &unit.expired), ("of another type", &of_another_type), ("today", &since_today)] {
        assert!(unit.told(who).await.is_empty(), "{name}");
    }

    unit.approve(&agent, named).await;
    assert_eq!(unit.told(&unit.delegate).await, ["LeaveWithdrawn", "LeaveRequested"], "it no longer waits");
    assert_eq!(unit.told(&agent).await, ["LeaveApproved"], "and the manager's own are not his delegate's");
}

#[tokio::test]
async fn of_days_that_end_unused_the_agent_is_told_which_and_until_when() {
    let mut unit = Unit::open().await;
    let agent = unit.agent.clone();
    let (counter, half_days) = (Counter::of(CounterKind::Rtt, 2026), HalfDays::new(5));
    let usable_until = day("2027-03-31");
    let announced = AbsenceEvent::LossAnnounced { counter, half_days, usable_until, days_ahead: 90 };
    unit.record(&agent, announced).await;
    unit.request(&agent, "2027-02-01", "2027-02-02").await;
    let notices = unit.json(&agent, "/v1/me/notices").await;
    let loss = json!({ "counter": "rtt:2026", "half_days": 5, "usable_until": "2027-03-31" });
    assert_eq!(notices["items"][0]["loss"], loss, "{notices}");
    let to_manager = unit.json(&unit.manager, "/v1/me/notices").await;
    assert_eq!(to_manager["items"][0].get("loss"), None, "{to_manager}");
}
