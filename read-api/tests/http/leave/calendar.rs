//! Who of a unit is away.

use super::world::Unit;
use crate::world::refusal;
use events::delegation::DelegationScope;
use events::leave::LeaveType;

#[tokio::test]
async fn a_colleague_sees_that_somebody_is_absent_and_never_why() {
    let mut unit = Unit::open().await;
    let (agent, colleague, manager) = (unit.agent.clone(), unit.colleague.clone(), unit.manager.clone());
    let granted = unit.request(&agent, "2027-02-01", "2027-02-02").await;
    unit.approve(&agent, granted).await;
    unit.request(&agent, "2027-02-03", "2027-02-03").await;
    unit.fall_sick(&agent, "2027-02-04", "2027-02-04").await;
    let path = format!("/v1/units/{}/calendar?from=2027-02-01&until=2027-02-07", unit.unit);
    let line = |calendar: &serde_json::Value| {
        let lines = calendar["agents"].as_array().unwrap().clone();
        lines.into_iter().find(|line| line["who"]["account"] == agent.id.to_string()).unwrap()
    };

    let calendar = unit.json(&colleague, &path).await;
    assert_eq!(line(&calendar)["grid"], "AAAA..AA..----");
    assert_eq!(line(&calendar)["absences"], serde_json::json!([]));
    let text = calendar.to_string();
    assert!(!text.contains("annual") && !text.contains("sick") && !text.contains(&granted.to_string()), "{text}");

    let calendar = unit.json(&manager, &path).await;
    assert_eq!(line(&calendar)["grid"], "AAAA??AA..----");
    let absences = line(&calendar)["absences"].as_array().unwrap().clone();
    assert_eq!(absences.len(), 3);
    for absence in absences {
        assert!(absence["type"].is_null(), "{absence}");
        assert_eq!(
            absence["leave"].is_null(),
            absence["pending"] == false,
            "sickness is what any absence is: {absence}"
        );
    }
    assert!(!calendar.to_string().contains("sick"));

    let own = line(&unit.json(&agent, &path).await);
    assert_eq!(own["grid"], "AAAA..AA..----");
    assert_eq!(own["absences"].as_array().unwrap().iter().filter(|one| one["type"] == "annual-leave").count(), 2);
}

#[tokio::test]
async fn a_delegate_by_type_sees_what_is_asked_for_of_these_types_alone() {
    let mut unit = Unit::open().await;
    let agent = unit.agent.clone();
    let unpaid = unit.record_absence(&agent, "2027-02-01", "2027-02-01").await;
    unit.request(&agent, "2027-02-02", "2027-02-02").await;
    unit.fall_sick(&agent, "2027-02-03", "2027-02-03").await;
    let training = unit.request_training(&agent, "2027-02-04", "2027-02-04").await;
    let types = [LeaveType::Training, LeaveType::Unpaid].into();
    let delegate = unit.delegate_from("2027-01-01", DelegationScope { types, ..DelegationScope::default() }).await;
    let path = format!("/v1/units/{}/calendar?from=2027-02-01&until=2027-02-07", unit.unit);
    let calendar = unit.json(&delegate, &path).await;
    let lines = calendar["agents"].as_array().unwrap();
    let line = lines.iter().find(|line| line["who"]["account"] == agent.id.to_string()).unwrap();
    assert_eq!(line["grid"], "AA..AA??..----");
    let told = |half_day: &str| line["absences"].as_array().unwrap().iter().find(|one| one["half_days"][0] == half_day);
    assert_eq!(line["absences"].as_array().unwrap().len(), 2, "{line}");
    assert_eq!(told("2027-02-04").unwrap()["leave"], training.to_string());
    assert!(told("2027-02-01").unwrap()["leave"].is_null(), "{unpaid} is granted");
}

#[tokio::test]
async fn days_that_make_no_period_are_refused() {
    let unit = Unit::open().await;
    for (days, named) in [
        ("from=2027-02-02&until=2027-02-01", "until"),
        ("from=2027-01-01&until=2027-12-31", "until"),
        ("from=9999-01-01&until=9999-01-02", "from"),
        ("from=2027-02-30&until=2027-03-01", "from"),
        ("from=2027-2-1&until=2027-03-01", "from"),
        ("from=2027-02-01&until=2027-03-1", "until"),
    ] {
        let path = format!("/v1/units/{}/calendar?{days}", unit.unit);
        let refused = refusal(unit.world.get(&unit.manager, &path)).await;
        assert_eq!(refused, format!("invalid-field: query {named}"), "{days}");
    }
    let units = crate::world::json(unit.world.get(&unit.agent, "/v1/units")).await;
    assert_eq!(units["items"][0]["staffing_rules"], serde_json::json!(["guichet"]));
}
