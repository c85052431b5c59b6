//! What each is told.

use super::world::{Unit, append, day, half_days};
use events::delegation::DelegationScope;
use events::employment::EmploymentEvent;
use events::leave::{AbsenceEvent, Counter, CounterKind, LeaveType};
use events::validation::{Approver, Decider, DecisionCapacity};
use rules::{HalfDays, RuleBook};
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

/// Without a manager, or when he left, the queue of human resources has it: they are told of it too.
#[tokio::test]
async fn human_resources_are_told_of_what_waits_for_them_alone() {
    let mut unit = Unit::open().await;
    let (agent, colleague, hr, manager) =
        (unit.agent.clone(), unit.colleague.clone(), unit.hr.clone(), unit.manager.id);
    let leave = unit.request(&agent, "2027-02-01", "2027-02-02").await;
    let named = unit.request_from(Approver::Person(manager), &colleague, "2027-03-01", "2027-03-02").await;
    assert_eq!(unit.told(&hr).await, [""; 0], "the manager is");
    let left = [
        EmploymentEvent::ServiceEntered { on: day("2015-01-01") },
        EmploymentEvent::ServiceLeft { on: day("2027-01-15") },
    ];
    unit.position = append(&unit.world, manager.as_uuid(), left.to_vec()).await;
    assert_eq!(unit.told(&hr).await, ["LeaveRequested", "LeaveRequested"]);
    unit.approve(&agent, leave).await;
    assert_eq!(unit.told(&hr).await, ["LeaveRequested"], "it no longer waits");
    unit.approve(&colleague, named).await;
    let half_days = half_days(&["2027-02-01"]);
    unit.record(&agent, AbsenceEvent::CancellationRequested { leave, half_days, reason: None }).await;
    assert_eq!(unit.told(&hr).await, ["CancellationRequested", "LeaveRequested"], "it waits again");
}

#[tokio::test]
async fn of_an_absence_that_was_recorded_for_him_the_agent_and_human_resources_tell_each_other() {
    let mut unit = Unit::open().await;
    let (agent, hr) = (unit.agent.clone(), unit.hr.clone());
    let leave = unit.record_absence(&agent, "2027-02-01", "2027-02-02").await;
    let back = half_days(&["2027-02-01"]);
    unit.record(&agent, AbsenceEvent::CancellationRequested { leave, half_days: back, reason: None }).await;
    assert_eq!(unit.told(&hr).await, ["CancellationRequested"]);
    let decider = Decider { account: hr.id, capacity: DecisionCapacity::Approver(Approver::Hr) };
    let accepted = AbsenceEvent::CancellationAccepted { leave, half_days: half_days(&["2027-02-01"]), decider };
    unit.record(&agent, accepted).await;
    assert_eq!(unit.told(&agent).await, ["CancellationAccepted", "AbsenceRecorded"]);
}

#[tokio::test]
async fn who_granted_a_leave_is_told_what_human_resources_make_of_it_and_never_why() {
    let mut unit = Unit::open().await;
    let (agent, manager, hr) = (unit.agent.clone(), unit.manager.clone(), unit.hr.clone());
    let leave = unit.request(&agent, "2027-02-01", "2027-02-02").await;
    unit.approve(&agent, leave).await;
    let corrected = AbsenceEvent::LeaveCorrected {
        leave,
        released: half_days(&["2027-02-01"]),
        charges: Vec::new(),
        rules: RuleBook::embedded().unwrap().version(),
        effective: day("2027-02-01"),
        motive: unit.words(&agent, "motive", leave.as_uuid(), "erreur de saisie").await,
        by: hr.id,
    };
    unit.record(&agent, corrected).await;
    unit.record_absence(&agent, "2027-02-01", "2027-02-01").await;
    let told = unit.json(&manager, "/v1/me/notices").await;
    let types: Vec<_> = told["items"].as_array().unwrap().iter().map(|one| one["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["AbsenceRecorded", "LeaveCorrected", "LeaveRequested"]);
    assert!(!told.to_string().contains("erreur") && !told.to_string().contains("unpaid"), "{told}");
    assert_eq!(unit.told(&unit.delegate).await, types, "and who decides in his place");
    assert!(unit.told(&unit.other_manager).await.is_empty());
}

#[tokio::test]
async fn who_was_to_stand_in_is_told_that_another_is_asked() {
    let mut unit = Unit::open().await;
    let (agent, colleague, other) = (unit.agent.clone(), unit.colleague.clone(), unit.delegate.clone());
    let leave = unit.request(&agent, "2027-02-01", "2027-02-02").await;
    let named = |replacement| AbsenceEvent::ReplacementNamed { leave, replacement };
    unit.record(&agent, named(colleague.id)).await;
    unit.record(&agent, AbsenceEvent::ReplacementAccepted { leave, replacement: colleague.id }).await;
    unit.record(&agent, named(other.id)).await;
    assert_eq!(unit.told(&colleague).await, ["ReplacementReleased", "ReplacementNamed"]);
    unit.record(&agent, AbsenceEvent::ReplacementDeclined { leave, replacement: other.id }).await;
    unit.record(&agent, named(colleague.id)).await;
    assert!(!unit.told(&other).await.contains(&"ReplacementReleased".to_owned()), "he declined");
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

#[tokio::test]
async fn human_resources_are_told_of_what_is_overdrawn_and_not_of_what_is_settled() {
    let mut unit = Unit::open().await;
    let agent = unit.agent.clone();
    let counter = Counter::of(CounterKind::Rtt, 2026);
    let announced = |half_days| AbsenceEvent::OverdraftAnnounced { counter, half_days: HalfDays::new(half_days) };
    unit.record(&agent, announced(5)).await;
    assert_eq!(unit.told(&unit.hr).await, ["OverdraftAnnounced"]);
    unit.record(&agent, announced(0)).await;
    assert_eq!(unit.told(&unit.hr).await, ["OverdraftAnnounced"]);
    for other in [&agent, &unit.manager, &unit.hr_health] {
        assert!(unit.told(other).await.is_empty());
    }
}
