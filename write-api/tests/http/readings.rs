//! Readings of the audit trail are declared.

use crate::app::{App, answer, slug};
use events::account::Role;
use serde_json::json;

#[tokio::test]
async fn a_reading_is_an_event_and_a_repeated_key_answers_with_the_same() {
    let app = App::start().await;
    let auditor = app.agent("Auditor", &[Role::Auditor]).await;
    let body = json!({
        "from": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z", "agent": auditor.account.to_string(),
        "types": ["LoginFailed"], "outcome": "failure", "source": "::ffff:127.0.0.1", "motive": "A complaint.",
    });
    let send = || {
        let request = app.request(reqwest::Method::POST, "/v1/audit-readings").bearer_auth(&auditor.token);
        answer(request.header("idempotency-key", "one").json(&body))
    };
    let (status, first) = send().await;
    assert_eq!(status, 201, "{first}");
    assert_eq!(send().await.1, first);
    let payload: Vec<u8> = sqlx::query_scalar("SELECT payload FROM journal.event WHERE type = 'AuditTrailRead'")
        .fetch_one(&app.database.owner())
        .await
        .unwrap();
    let payload: serde_json::Value = serde_json::from_slice(&payload).unwrap();
    let filter = &payload["AuditTrailRead"]["filter"];
    assert_eq!(filter["sources"].as_array().unwrap().len(), 1, "the month's tag of the address, and not the address");
    assert!(!payload.to_string().contains("complaint") && !payload.to_string().contains("127.0.0.1"));
}

#[tokio::test]
async fn a_filter_that_makes_no_sense_names_its_field() {
    let app = App::start().await;
    let auditor = app.agent("Auditor", &[Role::Auditor]).await;
    let refused = async |body| {
        let answer = app.post(&auditor, "/v1/audit-readings", body).await;
        format!("{} {}", slug(&answer), answer.1["errors"][0]["pointer"].as_str().unwrap())
    };
    let instant = "2026-01-01T00:00:00Z";
    assert_eq!(refused(json!({ "from": instant, "until": instant })).await, "invalid-field /until");
    assert_eq!(refused(json!({ "types": ["LoginFailed", "Nothing"] })).await, "invalid-field /types/1");
    assert_eq!(refused(json!({ "types": vec!["LoginFailed"; 65] })).await, "invalid-field /types");
    assert_eq!(refused(json!({ "source": "anywhere" })).await, "invalid-field /source");
    assert_eq!(refused(json!({ "outcome": "x" })).await, "invalid-field /outcome");
    assert_eq!(refused(json!({ "from": "+275000-01-01" })).await, "invalid-field /from");
    assert_eq!(refused(json!({ "motive": " " })).await, "invalid-field /motive");
    assert_eq!(refused(json!({ "agent": "1" })).await, "invalid-field /agent");
    assert_eq!(refused(json!({ "until": "2026-01-01" })).await, "invalid-field /until");
    let said = async |member: &str, value: &str| {
        let (_, body) = app.post(&auditor, "/v1/audit-readings", json!({ member: value })).await;
        body["errors"][0]["detail"].as_str().unwrap().to_owned()
    };
    assert_eq!(said("source", "anywhere").await, "expected an IPv4 or IPv6 address: 192.0.2.7, 2001:db8::7");
    for member in ["from", "until"] {
        assert_eq!(said(member, "yesterday").await, "expected a date and a time: 2026-05-13T09:00:00Z");
    }
    for member in ["agent", "actor", "correlation"] {
        assert_eq!(said(member, "1").await, "expected a UUID");
    }
    assert_eq!(said("outcome", "x").await, "expected one of `success`, `failure`, `refused`, `begun`");
    assert_eq!(app.count("AuditTrailRead").await, 0);
}
