//! Requests, as those see them who decide and who stand in.

use super::world::{Unit, append, day};
use events::UnitId;
use events::employment::EmploymentEvent;
use events::leave::AbsenceEvent;
use events::unit::{StaffingLimit, StaffingRule, UnitEvent};
use serde_json::json;

#[tokio::test]
async fn a_request_waits_with_who_else_is_away() {
    let mut unit = Unit::open().await;
    let (agent, colleague, manager) = (unit.agent.clone(), unit.colleague.clone(), unit.manager.clone());
    let later = unit.request(&colleague, "2027-03-04", "2027-03-05").await;
    let first = unit.request(&agent, "2027-03-01", "2027-03-04").await;

    let queue = unit.json(&manager, "/v1/me/validations").await;
    assert_eq!(queue["items"][0]["leave"], first.to_string());
    assert_eq!(queue["items"][0]["who"]["family_name"], "Müller");
    assert_eq!(queue["items"][0]["due_on"], "2027-03-01");
    assert_eq!(queue["items"][0]["also_away"][0]["half_days"], json!(["2027-03-04"]));
    assert_eq!(queue["items"][0]["also_away"][0]["pending"], true);
    assert_eq!(queue["items"][1]["leave"], later.to_string());

    let page = unit.json(&manager, "/v1/me/validations?limit=1").await;
    let next = page["next"].as_str().unwrap().to_owned();
    let cursor = next.split("cursor=").last().unwrap();
    let page = unit.json(&manager, &format!("/v1/me/validations?limit=1&cursor={cursor}")).await;
    assert_eq!(page["items"][0]["leave"], later.to_string());

    unit.approve(&agent, first).await;
    unit.refuse(&colleague, later, "effectif").await;
    assert_eq!(unit.json(&manager, "/v1/me/validations").await["items"], json!([]));
    let shown = unit.json(&colleague, &format!("/v1/leave-requests/{later}")).await;
    assert_eq!((&shown["status"], &shown["half_days"]), (&"refused".into(), &json!([])));
    assert_eq!(shown["breaches"], json!([]), "it is decided");
    assert_eq!(shown["track"][0]["words"], "voyage à Lisbonne");
    assert_eq!((&shown["track"][1]["type"], &shown["track"][1]["words"]), (&"LeaveRefused".into(), &"effectif".into()));
    assert_eq!(shown["track"][1]["capacity"], "manager");
}

/// What is shown is what is decided: who only asked counts neither here nor there.
#[tokio::test]
async fn the_staffing_rules_that_a_request_would_break_count_who_is_away_for_certain() {
    let mut unit = Unit::open().await;
    let (agent, colleague, manager) = (unit.agent.clone(), unit.colleague.clone(), unit.manager.clone());
    let later = unit.request(&colleague, "2027-03-04", "2027-03-05").await;
    let first = unit.request(&agent, "2027-03-01", "2027-03-04").await;
    for leave in [0, 1] {
        let queue = unit.json(&manager, "/v1/me/validations").await;
        assert_eq!(queue["items"][leave]["breaches"], json!([]), "either may be granted: {queue}");
    }
    unit.approve(&colleague, later).await;
    let breach = json!([{"rule": "guichet", "half_days": ["2027-03-04"]}]);
    let queue = unit.json(&manager, "/v1/me/validations").await;
    assert_eq!(queue["items"][0]["breaches"], breach, "{queue}");
    assert_eq!(queue["items"][0]["also_away"][0]["pending"], false);
    let asked = unit.json(&agent, &format!("/v1/leave-requests/{first}")).await;
    assert_eq!(asked["breaches"], breach);
    assert!(!asked.to_string().contains(&colleague.id.to_string()), "not who is away");
}

#[tokio::test]
async fn who_moves_during_a_leave_is_counted_where_he_is_on_each_day() {
    let mut unit = Unit::open().await;
    let (agent, colleague, manager) = (unit.agent.clone(), unit.colleague.clone(), unit.manager.clone());
    let nobody = StaffingRule { name: "accueil".to_owned(), title: None, on: None, limit: StaffingLimit::MaxAbsent(0) };
    let rules = UnitEvent::StaffingRulesSet { rules: vec![nobody], from: day("2020-01-01") };
    let other = UnitId::new();
    let opened = UnitEvent::UnitOpened { code: "U3".to_owned(), name: "Accueil".to_owned(), parent: None };
    append(&unit.world, other.as_uuid(), vec![opened, rules]).await;
    let moved = EmploymentEvent::UnitAssigned { unit: other, from: day("2027-03-03") };
    append(&unit.world, agent.id.as_uuid(), vec![moved]).await;
    let away = unit.request(&colleague, "2027-03-02", "2027-03-03").await;
    unit.approve(&colleague, away).await;
    unit.request(&agent, "2027-03-01", "2027-03-04").await;
    let queue = unit.json(&manager, "/v1/me/validations").await;
    let breaches = json!([
        {"rule": "guichet", "half_days": ["2027-03-02"]},
        {"rule": "accueil", "half_days": ["2027-03-03", "2027-03-04"]},
    ]);
    let mut shown = queue["items"][0]["breaches"].as_array().unwrap().clone();
    shown.sort_by_key(|breach| breach["half_days"].to_string());
    assert_eq!(json!(shown), breaches, "{queue}");
    assert_eq!(queue["items"][0]["also_away"][0]["half_days"], json!(["2027-03-02"]), "then he is of another unit");
}

#[tokio::test]
async fn who_is_to_stand_in_sees_when_and_never_why() {
    let mut unit = Unit::open().await;
    let (agent, colleague) = (unit.agent.clone(), unit.colleague.clone());
    let leave = unit.request(&agent, "2027-02-01", "2027-02-02").await;
    let path = format!("/v1/leave-requests/{leave}");
    assert_eq!(unit.status(&colleague, &path).await, 404);
    unit.record(&agent, AbsenceEvent::ReplacementNamed { leave, replacement: colleague.id }).await;

    let shown = unit.json(&colleague, &path).await;
    let expected = json!({
        "leave": leave.to_string(),
        "who": { "account": agent.id.to_string(), "given_name": "Élodie", "family_name": "Müller" },
        "start": "2027-02-01 AM",
        "end": "2027-02-02 PM",
        "half_days": ["2027-02-01", "2027-02-02"],
        "status": "pending",
        "accepted": null,
    });
    assert_eq!(shown, expected);
    unit.record(&agent, AbsenceEvent::ReplacementAccepted { leave, replacement: colleague.id }).await;
    assert_eq!(unit.json(&colleague, &path).await["accepted"], true);
    unit.record(&agent, AbsenceEvent::ReplacementDeclined { leave, replacement: colleague.id }).await;
    assert_eq!(unit.status(&colleague, &path).await, 404);
}
