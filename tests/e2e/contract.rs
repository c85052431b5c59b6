//! What the portal says of itself.

use crate::process::{Process, expect};
use reqwest::StatusCode;
use serde_json::Value;
use std::collections::BTreeSet;
use test_support::Database;

/// The document of the API, its operations as `METHOD path`.
async fn operations(api: &Process) -> (Value, BTreeSet<String>) {
    let document = expect(api.get("/openapi.json").send().await, StatusCode::OK).await;
    let operations = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    (document, operations)
}

#[tokio::test]
async fn every_operation_refuses_strangers_but_those_that_let_them_in() {
    let database = Database::new().await;
    let api = Process::start(&database, "up");
    let (document, operations) = operations(&api).await;
    assert_eq!(document["openapi"].as_str().unwrap().split('.').take(2).collect::<Vec<_>>(), ["3", "1"]);
    let open = ["POST /v1/sessions", "POST /v1/first-login"];
    for operation in
        operations.iter().filter(|operation| operation.contains(" /v1/") && !open.contains(&operation.as_str()))
    {
        let (method, path) = operation.split_once(' ').unwrap();
        let path = path.replace("{id}", "01a20e6c-f350-7000-8000-000000000000").replace("{role}", "hr");
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = reqwest::Client::new()
            .request(method, format!("{}{path}", api.api()))
            .header("Idempotency-Key", "k")
            .header("Content-Type", "application/json")
            .body("{}");
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{operation}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{operation}");
    }
}

#[tokio::test]
async fn the_page_needs_nothing_from_outside_and_every_problem_has_one() {
    let database = Database::new().await;
    let api = Process::start(&database, "up");
    let page = api.get("/docs").send().await.unwrap();
    assert!(page.status().is_success());
    let page = page.text().await.unwrap();
    assert!(!page.contains("https://") || !page.contains("<script src=\"http"), "{page}");
    for path in ["/problems", "/problems/invalid-credentials", "/problems/behind"] {
        let page = api.get(path).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::OK, "{path}");
    }
}
