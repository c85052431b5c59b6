//! Every route × every role.

use crate::app::{Agent, App, answer, slug};
use events::account::Role;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Who may call.
#[derive(Clone, Copy, PartialEq)]
enum May {
    Anybody,
    SignedIn,
    Only(Role),
}

/// Each operation: who may call it, and a request that is refused for no other reason.
fn table(other: &Agent) -> BTreeMap<&'static str, (May, Method, String, Value)> {
    let account = |rest: &str| format!("/v1/accounts/{}{rest}", other.account);
    let post = |may, path: String, body| (may, Method::POST, path, body);
    let person = json!({ "given_name": "Jean", "family_name": "Martin" });
    let name = json!({ "username": Uuid::new_v4().to_string(), "password": "x" });
    let first = json!({ "username": "x", "initial_code": "x", "password": "Correct horse battery 4" });
    let change = json!({ "current_password": "x", "password": "x" });
    BTreeMap::from([
        ("provisionAccount", post(May::Only(Role::Hr), "/v1/accounts".into(), person)),
        ("importAgents", post(May::Only(Role::Hr), "/v1/accounts/import".into(), json!("given_name,family_name"))),
        ("issueInitialCode", post(May::Only(Role::Hr), account("/initial-code"), json!({}))),
        ("reactivateAccount", post(May::Only(Role::Administrator), account("/reactivation"), json!({ "motive": "m" }))),
        ("grantRole", post(May::Only(Role::Administrator), account("/roles"), json!({ "role": "manager" }))),
        ("revokeRole", post(May::Only(Role::Administrator), account("/roles/manager/revocation"), json!({}))),
        (
            "declareProofReading",
            post(May::SignedIn, format!("/v1/proofs/{}/readings", other.account), json!({ "agent": other.account })),
        ),
        ("declareReading", post(May::Only(Role::Auditor), "/v1/audit-readings".into(), json!({}))),
        ("changePassword", post(May::SignedIn, "/v1/me/password".into(), change)),
        ("logOut", (May::SignedIn, Method::DELETE, "/v1/sessions/current".into(), Value::Null)),
        ("logIn", post(May::Anybody, "/v1/sessions".into(), name)),
        ("firstLogin", post(May::Anybody, "/v1/first-login".into(), first)),
    ])
}

async fn call(app: &App, token: Option<&str>, method: &Method, path: &str, body: &Value) -> (u16, String) {
    let mut request = app.request(method.clone(), path).header("idempotency-key", Uuid::new_v4().to_string());
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let request = match body {
        Value::Null => request,
        Value::String(csv) => request.header("content-type", "text/csv").body(csv.clone()),
        body => request.json(body),
    };
    let answer = answer(request).await;
    (answer.0, slug(&answer).to_owned())
}

#[tokio::test]
async fn each_route_is_open_to_its_roles_alone() {
    let app = App::start().await;
    let other = app.agent("Other", &[]).await;
    let table = table(&other);
    for (operation, (may, method, path, body)) in &table {
        let (status, slug) = call(&app, None, method, path, body).await;
        assert_eq!(slug == "not-signed-in", *may != May::Anybody, "{operation} by a stranger: {status} {slug}");
    }
    for role in Role::ALL {
        let mut agent = app.agent("Agent", if role == Role::Agent { &[] } else { std::slice::from_ref(&role) }).await;
        for (operation, (may, method, path, body)) in &table {
            let (status, slug) = call(&app, Some(&agent.token), method, path, body).await;
            let allowed = !matches!(may, May::Only(only) if *only != role);
            assert_eq!(slug != "not-allowed", allowed, "{operation} by {role}: {status} {slug}");
            assert!(slug != "not-signed-in", "{operation} by {role}");
            if *operation == "logOut" {
                agent = app.again(agent.account, &agent.username).await;
            }
        }
    }
}

#[tokio::test]
async fn no_route_is_forgotten() {
    let app = App::start().await;
    let doc = write_api::openapi().unwrap();
    let documented: BTreeSet<String> = doc
        .paths
        .paths
        .values()
        .flat_map(|path| [&path.get, &path.post, &path.put, &path.delete, &path.patch])
        .flatten()
        // Those of leave depend on whose it is: `leave::authority`.
        .filter(|operation| !operation.tags.iter().flatten().any(|tag| tag == "leave"))
        .map(|operation| operation.operation_id.clone().unwrap())
        .collect();
    let other = app.agent("Other", &[]).await;
    assert_eq!(documented, table(&other).into_keys().map(str::to_owned).collect());
}
