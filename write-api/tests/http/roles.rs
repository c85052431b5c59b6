//! Roles are given and taken by the administration, and count at once.

use crate::app::{App, slug};
use events::account::Role;
use serde_json::json;

#[tokio::test]
async fn a_role_counts_in_open_sessions_from_the_moment_it_is_given_until_it_is_taken() {
    let app = App::start().await;
    let other = app.another().await;
    let administrator = app.agent("Admin", &[Role::Administrator]).await;
    let agent = app.agent("Curie", &[]).await;
    let roles = format!("/v1/accounts/{}/roles", agent.account);
    let read = || other.post(&agent, "/v1/audit-readings", json!({}));

    assert_eq!(slug(&read().await), "not-allowed");
    assert_eq!(app.post(&administrator, &roles, json!({ "role": "auditor" })).await.0, 201);
    assert_eq!(slug(&app.post(&administrator, &roles, json!({ "role": "auditor" })).await), "role-already-granted");
    assert_eq!(read().await.0, 201);
    let revocation = format!("{roles}/auditor/revocation");
    assert_eq!(app.post(&administrator, &revocation, json!({})).await.0, 200);
    assert_eq!(slug(&app.post(&administrator, &revocation, json!({})).await), "role-not-held");
    assert_eq!(slug(&read().await), "not-allowed");
}

#[tokio::test]
async fn nobody_gives_himself_a_role_or_lifts_his_own_suspension() {
    let app = App::start().await;
    let administrator = app.agent("Admin", &[Role::Administrator]).await;
    let own = |rest: &str| format!("/v1/accounts/{}{rest}", administrator.account);
    let granted = app.post(&administrator, &own("/roles"), json!({ "role": "auditor" })).await;
    assert_eq!(slug(&granted), "not-allowed");
    for _ in 0..3 {
        app.log_in(&administrator.username, "wrong").await;
    }
    let lifted = app.post(&administrator, &own("/reactivation"), json!({ "motive": "m" })).await;
    assert_eq!(slug(&lifted), "not-allowed");
}

#[tokio::test]
async fn the_capacity_recorded_is_the_role_that_allowed_the_act() {
    let app = App::start().await;
    let both = app.agent("Both", &[Role::Hr, Role::Administrator]).await;
    let agent = app.agent("Curie", &[]).await;
    app.post(&both, &format!("/v1/accounts/{}/initial-code", agent.account), json!({})).await;
    app.post(&both, &format!("/v1/accounts/{}/roles", agent.account), json!({ "role": "manager" })).await;
    let recorded: Vec<(String, String, Option<Vec<u8>>)> = sqlx::query_as(
        "SELECT type, capacity, trace FROM journal.event WHERE actor_id = $1 AND stream_id = $2 ORDER BY position",
    )
    .bind(both.account.as_uuid())
    .bind(agent.account.as_uuid())
    .fetch_all(&app.database.owner())
    .await
    .unwrap();
    let trace = Some(0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736_u128.to_be_bytes().to_vec());
    let expected = [("InitialCodeIssued", "hr"), ("RoleGranted", "administrator")];
    assert_eq!(recorded, expected.map(|(kind, capacity)| (kind.into(), capacity.into(), trace.clone())));
}

#[tokio::test]
async fn impossible_roles_and_accounts_are_named() {
    let app = App::start().await;
    let administrator = app.agent("Admin", &[Role::Administrator]).await;
    let nobody = format!("/v1/accounts/{}/roles", uuid::Uuid::new_v4());
    let refused = async |path: &str, body| {
        let answer = app.post(&administrator, path, body).await;
        let place = &answer.1["errors"][0];
        let place = place["pointer"].as_str().or(place["path"].as_str()).unwrap_or_default();
        format!("{} {place}", slug(&answer))
    };
    assert_eq!(refused(&nobody, json!({ "role": "manager" })).await, "not-found ");
    assert_eq!(refused(&nobody, json!({ "role": "king" })).await, "invalid-field /role");
    assert_eq!(refused(&nobody, json!({ "role": "manager", "account": "x" })).await, "invalid-field /account");
    assert_eq!(refused("/v1/accounts/1/roles", json!({ "role": "manager" })).await, "invalid-field id");
    assert_eq!(refused(&format!("{nobody}/king/revocation"), json!({})).await, "invalid-field role");
}
