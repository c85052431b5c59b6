//! What human resources and auditors see of the leave of all.

use super::world::{Unit, append, day};
use crate::world::{Agent, ok};
use events::GiftId;
use events::audit::{Outcome, TrailFilter};
use events::employment::{EmploymentEvent, Quota};
use events::leave::{AbsenceEvent, Counter, CounterKind};
use rules::HalfDays;
use serde_json::json;

#[tokio::test]
async fn human_resources_see_counts_and_what_is_about_to_be_lost() {
    let mut unit = Unit::open().await;
    let (agent, hr) = (unit.agent.clone(), unit.hr.clone());
    let leave = unit.request(&agent, "2027-02-01", "2027-02-02").await;
    unit.approve(&agent, leave).await;
    unit.fall_sick(&agent, "2027-02-04", "2027-02-04").await;
    let path = "/v1/leave-overview?from=2027-02-01&until=2027-02-28";
    let csv = ok(unit.world.get(&hr, &unit.now(path)).header("accept", "text/csv")).await.text().await.unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "unit,code,name,type,status,absences,agents,half_days");
    assert_eq!(lines[1], format!("{},U1,Service U1,annual-leave,granted,1,1,4", unit.unit));
    assert_eq!(lines[2], format!("{},U1,Service U1,sickness,granted,1,1,2", unit.unit));

    for (date, ahead) in
        [("2027-10-02", Some(90)), ("2027-12-01", Some(30)), ("2027-12-24", Some(7)), ("2027-10-01", None)]
    {
        let losses = unit.json(&hr, &format!("/v1/year-end-losses?at={date}")).await;
        let loss =
            losses["items"].as_array().unwrap().iter().find(|loss| loss["who"]["account"] == agent.id.to_string());
        assert_eq!(loss.map(|loss| loss["days_ahead"].as_i64().unwrap()), ahead, "{date} {losses}");
        assert_eq!(loss.map(|loss| loss["half_days"].as_i64().unwrap()), ahead.map(|_| 46), "{date}");
        assert!(!losses.to_string().contains("sick-child"), "an allowance is no loss: {losses}");
    }
    let (quota, from) = (Quota::FULL, day("2020-01-01"));
    let week = EmploymentEvent::WorkingTimeSet { quota, full_time_week_minutes: 2881, annualised: false, from };
    let other = unit.colleague.id.as_uuid();
    unit.position = append(&unit.world, other, vec![week]).await;
    let losses = unit.json(&hr, "/v1/year-end-losses?at=2027-12-01").await;
    let of_other =
        losses["items"].as_array().unwrap().iter().filter(|loss| loss["who"]["account"] == other.to_string());
    let left: Vec<&str> = of_other.map(|loss| loss["counter"].as_str().unwrap()).collect();
    assert_eq!(left, ["annual-leave:2027", "fractionnement:2027"], "a week without RTT: {losses}");
    let losses = unit.json(&hr, "/v1/year-end-losses?at=2019-06-01&limit=1").await;
    assert_eq!((&losses["items"], &losses["next"]), (&serde_json::json!([]), &().into()), "nobody was in service");
}

#[tokio::test]
async fn human_resources_list_the_gifts_that_wait_and_each_donor_his_own() {
    let mut unit = Unit::open().await;
    let (agent, colleague, hr) = (unit.agent.clone(), unit.colleague.clone(), unit.hr.clone());
    let rtt = Counter::of(CounterKind::Rtt, 2027);
    let (half_days, on) = (HalfDays::days(2), day("2027-01-04"));
    let mut declare = async |of: &Agent| {
        let gift = GiftId::new();
        unit.record(of, AbsenceEvent::GiftDeclared { gift, counter: rtt, half_days, on }).await;
        gift
    };
    let (given, withdrawn, first) = (declare(&agent).await, declare(&agent).await, declare(&agent).await);
    let second = declare(&colleague).await;
    unit.record(&agent, AbsenceEvent::DaysGiven { gift: given, counter: rtt, half_days, on }).await;
    unit.record(&colleague, AbsenceEvent::DaysReceived { gift: given, half_days, on }).await;
    unit.record(&agent, AbsenceEvent::GiftWithdrawn { gift: withdrawn }).await;

    let page = unit.json(&hr, "/v1/gifts?limit=1").await;
    let waiting = json!({
        "gift": first.to_string(), "counter": "rtt:2027", "half_days": 4, "declared_on": "2027-01-04",
        "status": "waiting", "donor": { "account": agent.id.to_string(), "given_name": "Élodie", "family_name": "Müller" },
    });
    assert_eq!(page["items"], json!([waiting]));
    let next = page["next"].as_str().unwrap().split("cursor=").last().unwrap().to_owned();
    let page = unit.json(&hr, &format!("/v1/gifts?limit=1&cursor={next}")).await;
    assert_eq!((&page["items"][0]["gift"], &page["next"]), (&json!(second.to_string()), &json!(null)));

    let own = unit.json(&agent, "/v1/me/gifts").await;
    let told: Vec<_> = own["items"].as_array().unwrap().iter().map(|gift| gift["status"].as_str().unwrap()).collect();
    assert_eq!(told, ["given", "withdrawn", "waiting"]);
    assert!(!own.to_string().contains(&colleague.id.to_string()), "not who received");
    let own = unit.json(&colleague, "/v1/me/gifts").await;
    assert_eq!(own["items"].as_array().unwrap().len(), 1, "{own}");
    assert!(!own.to_string().contains(&given.to_string()), "what was received is nobody's to trace");
    let balance = unit.json(&colleague, "/v1/me/balance").await.to_string();
    assert!(balance.contains(r#""because":{"kind":"received-gift"}"#), "{balance}");
    assert!(!balance.contains(&given.to_string()), "{balance}");
    assert!(unit.json(&agent, "/v1/me/balance").await.to_string().contains(&given.to_string()), "his own he knows");
}

#[tokio::test]
async fn the_trail_shows_who_decided_by_what_right_and_never_why() {
    let mut unit = Unit::open().await;
    let (agent, auditor, manager) = (unit.agent.clone(), unit.auditor.clone(), unit.manager.id);
    let leave = unit.request(&agent, "2027-02-01", "2027-02-02").await;
    unit.refuse(&agent, leave, "effectif").await;
    unit.fall_sick(&agent, "2027-03-01", "2027-03-02").await;
    let entries = async |filter: TrailFilter| {
        let (reading, position) = unit.world.declare(&auditor, filter).await;
        unit.world.all_entries(&auditor, reading, position).await
    };

    let types = vec!["LeaveRequested".to_owned(), "LeaveRefused".to_owned(), "SicknessRecorded".to_owned()];
    let shown = entries(TrailFilter { agent: Some(agent.id), types, ..TrailFilter::default() }).await;
    let told: Vec<_> =
        shown.iter().map(|entry| (entry["type"].as_str().unwrap(), entry["outcome"].as_str().unwrap())).collect();
    assert_eq!(told, [("LeaveRequested", "success"), ("LeaveRefused", "refused"), ("SicknessRecorded", "success")]);
    assert_eq!(shown[1]["detail"], format!("{leave} manager"));
    for entry in &shown {
        assert!(entry["motive"].is_null() && entry["reason"].is_null(), "{entry}");
        assert!(!entry.to_string().contains("annual") && !entry.to_string().contains("ordinary"), "{entry}");
    }
    let granted = vec!["DelegationGranted".to_owned()];
    let by_type = TrailFilter { agent: Some(manager), types: granted, ..TrailFilter::default() };
    assert_eq!(entries(by_type).await.len(), 2);
    let refused = TrailFilter { outcome: Some(Outcome::Refused), ..TrailFilter::default() };
    assert_eq!(entries(refused).await.len(), 1);
}
