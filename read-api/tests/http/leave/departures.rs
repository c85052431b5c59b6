//! Who left the service has no part in the leave of others.

use super::world::{Unit, append, day};
use crate::world::Agent;
use events::calendar_feed::FeedScope;
use events::delegation::DelegationScope;
use events::employment::EmploymentEvent;
use events::leave::{AbsenceEvent, ProofSubject};
use events::validation::Approver;
use futures::future::join_all;

/// His last day is the day before the test's; he entered in 2015.
async fn leaves(unit: &mut Unit, who: &Agent) {
    let events = [EmploymentEvent::ServiceEntered { on: day("2015-01-01") }, left()];
    unit.position = append(&unit.world, who.id.as_uuid(), events.to_vec()).await;
}

fn left() -> EmploymentEvent {
    EmploymentEvent::ServiceLeft { on: day("2027-01-15") }
}

#[tokio::test]
async fn what_waits_for_a_manager_who_left_waits_for_human_resources() {
    let mut unit = Unit::open().await;
    let (agent, manager, hr) = (unit.agent.clone(), unit.manager.clone(), unit.hr.clone());
    let since_today = unit.delegate_from("2027-01-16", DelegationScope::default()).await;
    let asked = unit.request(&agent, "2027-02-01", "2027-02-05").await;
    let named = unit.request_from(Approver::Person(manager.id), &agent, "2027-03-01", "2027-03-02").await;
    let waiting = async |unit: &Unit, who: &Agent| {
        let queue = unit.json(who, "/v1/me/validations").await;
        let leaves = queue["items"].as_array().unwrap().iter().map(|one| one["leave"].as_str().unwrap().to_owned());
        leaves.collect::<Vec<_>>()
    };
    let both = [asked.to_string(), named.to_string()];
    assert_eq!(waiting(&unit, &manager).await, both);
    assert_eq!(waiting(&unit, &since_today).await, both);
    assert!(waiting(&unit, &hr).await.is_empty());

    leaves(&mut unit, &manager).await;
    assert_eq!(waiting(&unit, &hr).await, both);
    let paths = [
        format!("/v1/leave-requests/{asked}"),
        format!("/v1/leave-requests/{named}"),
        format!("/v1/agents/{}/balance", agent.id),
        format!("/v1/units/{}/calendar?from=2027-02-01&until=2027-02-28", unit.unit),
    ];
    for (name, who) in [("manager", &manager), ("delegate", &unit.delegate), ("delegate of today", &since_today)] {
        assert!(waiting(&unit, who).await.is_empty(), "{name}");
        assert!(unit.told(who).await.is_empty(), "{name}");
        for (path, status) in paths.iter().zip([404, 404, 403, 403]) {
            assert_eq!(unit.status(who, path).await, status, "{name} {path}");
        }
    }
    // He enters again.
    let again = vec![EmploymentEvent::ServiceEntered { on: day("2027-01-16") }];
    unit.position = append(&unit.world, manager.id.as_uuid(), again).await;
    assert_eq!(waiting(&unit, &manager).await, both);
    assert!(waiting(&unit, &hr).await.is_empty());
}

#[tokio::test]
async fn a_delegate_who_left_decides_in_nobodys_place() {
    let mut unit = Unit::open().await;
    let (agent, delegate) = (unit.agent.clone(), unit.delegate.clone());
    let leave = unit.request(&agent, "2027-02-01", "2027-02-05").await;
    assert_eq!(unit.status(&delegate, &format!("/v1/leave-requests/{leave}")).await, 200);
    leaves(&mut unit, &delegate).await;
    assert_eq!(unit.status(&delegate, &format!("/v1/leave-requests/{leave}")).await, 404);
    assert_eq!(unit.json(&delegate, "/v1/me/validations").await["items"], serde_json::json!([]));
}

#[tokio::test]
async fn a_colleague_who_left_sees_his_own_leave_alone() {
    let mut unit = Unit::open().await;
    let (agent, colleague, of) = (unit.agent.clone(), unit.colleague.clone(), unit.unit);
    let leave = unit.request(&agent, "2027-02-01", "2027-02-02").await;
    unit.record(&agent, AbsenceEvent::ReplacementNamed { leave, replacement: colleague.id }).await;
    unit.approve(&agent, leave).await;
    let own = unit.request(&colleague, "2027-01-04", "2027-01-05").await;
    let (_, address) = unit.feed(&colleague, FeedScope::Unit(of)).await;
    let (_, of_own) = unit.feed(&colleague, FeedScope::Own).await;
    let calendar = format!("/v1/units/{of}/calendar?from=2027-02-01&until=2027-02-28");
    let replaced = format!("/v1/leave-requests/{leave}");
    let seen = async |unit: &Unit| {
        let statuses = (unit.status(&colleague, &calendar).await, unit.status(&colleague, &replaced).await);
        unit.json(&colleague, "/v1/me/calendar-feeds").await;
        let feeds = [&address, &of_own]
            .map(|feed| async { unit.world.get_as_stranger(feed).send().await.unwrap().status().as_u16() });
        (statuses, join_all(feeds).await)
    };
    assert_eq!(seen(&unit).await, ((200, 200), vec![200, 200]));

    unit.position = append(&unit.world, colleague.id.as_uuid(), vec![left()]).await;
    assert_eq!(seen(&unit).await, ((403, 404), vec![404, 404]));
    for path in [format!("/v1/leave-requests/{own}"), "/v1/me/balance".to_owned()] {
        assert_eq!(unit.status(&colleague, &path).await, 200, "{path}");
    }
}

#[tokio::test]
async fn the_roles_of_who_left_the_service_open_nothing() {
    let mut unit = Unit::open().await;
    let (agent, hr, officer, of) = (unit.agent.clone(), unit.hr.clone(), unit.hr_health.clone(), unit.unit);
    let leave = unit.request_from(Approver::Hr, &agent, "2027-02-01", "2027-02-05").await;
    let granted = unit.request(&agent, "2027-03-01", "2027-03-02").await;
    unit.approve(&agent, granted).await;
    let sickness = unit.fall_sick(&agent, "2027-01-04", "2027-01-05").await;
    let medical = unit.attach(&agent, ProofSubject::Sickness(sickness), true, b"%PDF").await;
    let (_, address) = unit.feed(&hr, FeedScope::Unit(of)).await;
    let days = "from=2027-02-01&until=2027-02-28";
    let of_hr = [
        format!("/v1/leave-requests/{leave}"),
        format!("/v1/agents/{}/balance", agent.id),
        format!("/v1/agents/{}/employment", agent.id),
        format!("/v1/units/{of}/calendar?{days}"),
        format!("/v1/leave-overview?{days}"),
        "/v1/year-end-losses".to_owned(),
        "/v1/overdrafts".to_owned(),
        "/v1/proposed-corrections".to_owned(),
        "/v1/gifts".to_owned(),
        "/v1/accounts".to_owned(),
    ];
    let of_officer = [
        format!("/v1/agents/{}/sicknesses", agent.id),
        "/v1/proofs".to_owned(),
        unit.declare(&officer, &agent, medical).await,
    ];
    let told = async |unit: &Unit| {
        let waiting = unit.json(&hr, "/v1/me/validations").await["items"].as_array().unwrap().len();
        unit.json(&hr, "/v1/me/calendar-feeds").await;
        let feed = unit.world.get_as_stranger(&address).send().await.unwrap().status().as_u16();
        (waiting, unit.told(&hr).await.len(), feed)
    };
    for (who, paths) in [(&hr, &of_hr[..]), (&officer, &of_officer[..])] {
        for path in paths {
            assert_eq!(unit.status(who, path).await, 200, "{path}");
        }
    }
    assert_eq!(told(&unit).await, (1, 1, 200));

    leaves(&mut unit, &hr).await;
    leaves(&mut unit, &officer).await;
    for (who, paths) in [(&hr, &of_hr[..]), (&officer, &of_officer[..])] {
        for path in paths {
            let status = unit.status(who, path).await;
            assert!([403, 404].contains(&status), "{path}: {status}");
        }
    }
    assert_eq!(told(&unit).await, (0, 0, 404));
    for path in ["/v1/me", "/v1/me/leave-requests", "/v1/me/employment"] {
        assert_eq!(unit.status(&hr, path).await, 200, "{path}");
    }
}
