//! Requests, as those see them who decide and who stand in.

use super::world::Unit;
use events::leave::AbsenceEvent;

#[tokio::test]
async fn a_request_waits_with_who_else_is_away_and_the_rule_it_would_break() {
    let mut unit = Unit::open().await;
    let (agent, colleague, manager) = (unit.agent.clone(), unit.colleague.clone(), unit.manager.clone());
    let later = unit.request(&colleague, "2027-03-04", "2027-03-05").await;
    let first = unit.request(&agent, "2027-03-01", "2027-03-04").await;

    let queue = unit.json(&manager, "/v1/me/validations").await;
    assert_eq!(queue["items"][0]["leave"], first.to_string());
    assert_eq!(queue["items"][0]["who"]["family_name"], "Müller");
    assert_eq!(queue["items"][0]["due_on"], "2027-03-01");
    assert_eq!(queue["items"][0]["also_away"][0]["half_days"], serde_json::json!(["2027-03-04"]));
    assert_eq!(queue["items"][0]["also_away"][0]["pending"], true);
    let breach = serde_json::json!([{"rule": "guichet", "half_days": ["2027-03-04"]}]);
    assert_eq!(queue["items"][0]["breaches"], breach);
    assert_eq!(queue["items"][1]["leave"], later.to_string());
    let asked = unit.json(&agent, &format!("/v1/leave-requests/{first}")).await;
    assert_eq!(asked["breaches"], breach);
    assert!(!asked.to_string().contains(&colleague.id.to_string()), "not who is away");

    let page = unit.json(&manager, "/v1/me/validations?limit=1").await;
    let next = page["next"].as_str().unwrap().to_owned();
    let cursor = next.split("cursor=").last().unwrap();
    let page = unit.json(&manager, &format!("/v1/me/validations?limit=1&cursor={cursor}")).await;
    assert_eq!(page["items"][0]["leave"], later.to_string());

    unit.approve(&agent, first).await;
    unit.refuse(&colleague, later, "effectif").await;
    assert_eq!(unit.json(&manager, "/v1/me/validations").await["items"], serde_json::json!([]));
    let shown = unit.json(&colleague, &format!("/v1/leave-requests/{later}")).await;
    assert_eq!((&shown["status"], &shown["half_days"]), (&"refused".into(), &serde_json::json!([])));
    assert_eq!(shown["breaches"], serde_json::json!([]), "it is decided");
    assert_eq!(shown["track"][0]["words"], "voyage à Lisbonne");
    assert_eq!((&shown["track"][1]["type"], &shown["track"][1]["words"]), (&"LeaveRefused".into(), &"effectif".into()));
    assert_eq!(shown["track"][1]["capacity"], "manager");
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
    let expected = serde_json::json!({
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
