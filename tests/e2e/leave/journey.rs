//! A leave is asked for, decided, shown, and held against every invariant.

use super::portal::{Portal, two_days};
use crate::process::{expect, intraparis_json};
use chrono::Datelike;
use reqwest::StatusCode;
use serde_json::json;

#[tokio::test]
async fn a_leave_is_asked_for_seen_granted_and_shown_and_nothing_is_violated() {
    let portal = Portal::open().await;
    let (first, last) = two_days();
    let request = json!({ "type": "annual-leave", "first": first, "last": last, "reason": "mariage" });
    let asked = portal.post(&portal.agent, "/v1/leave-requests", request).await;
    assert_eq!((&asked["status"], &asked["half_days"]), (&json!("pending"), &json!(4)), "{asked}");
    let leave = asked["leave"].as_str().unwrap();

    let queue = portal.read(&portal.manager, "/v1/me/validations", &asked).await;
    let waiting = &queue["items"][0];
    assert_eq!((&waiting["leave"], &waiting["revision"]), (&json!(leave), &json!(0)), "{queue}");
    assert!(!queue.to_string().contains("mariage"), "{queue}");

    let seen = json!({ "agent": portal.agent.account, "step": waiting["step"], "revision": waiting["revision"] });
    let approve = format!("/v1/leave-requests/{leave}/approve");
    let granted = portal.post(&portal.manager, &approve, seen.clone()).await;
    assert_eq!(granted["status"], "granted");
    let again = portal.manager.post(&portal.api, &approve, &seen).send().await;
    assert_eq!(expect(again, StatusCode::CONFLICT).await["leave_status"], "granted");

    let balance = portal.read(&portal.agent, &format!("/v1/me/balance?at={first}"), &granted).await;
    let counter = format!("annual-leave:{}", first.year());
    let rows = balance["counters"].as_array().unwrap();
    let row = rows.iter().find(|row| row["counter"] == json!(counter)).unwrap();
    assert_eq!((&row["taken"], &row["booked"], &row["available"]), (&json!(2), &json!(2), &json!(46)), "{row}");

    let unit = waiting["unit"].as_str().unwrap();
    let calendar = format!("/v1/units/{unit}/calendar?from={first}&until={last}");
    let grid = portal.read(&portal.manager, &calendar, &granted).await;
    let lines = grid["agents"].as_array().unwrap();
    let line = lines.iter().find(|line| line["who"]["account"] == json!(portal.agent.account)).unwrap();
    assert_eq!(line["grid"], "AAAA", "{grid}");

    let report = portal.verified();
    // Besides, agents may have been told of what ends this year.
    assert!(report["events"].as_u64().unwrap() >= 2, "{report}");
    assert_eq!(report["violations"], json!([]));
    let audited = intraparis_json(&portal.database, &["audit", "verify", "--json"]);
    assert_eq!(audited["violations"], json!([]));
}
