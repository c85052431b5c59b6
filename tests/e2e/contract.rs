//! What the portal says of itself.

use crate::process::{Person, Process, expect};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use test_support::Database;

/// No stream has this id.
const NOBODY: &str = "01a20e6c-f350-7000-8000-000000000000";

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
    // A feed is opened by the secret in its address, as programs that show calendars have no session.
    let open = ["POST /v1/sessions", "POST /v1/first-login", "GET /v1/calendar-feeds/{token}"];
    for operation in
        operations.iter().filter(|operation| operation.contains(" /v1/") && !open.contains(&operation.as_str()))
    {
        let (method, path) = operation.split_once(' ').unwrap();
        let path = path.replace("{id}", NOBODY).replace("{role}", "hr");
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

/// Every `$ref` of a document, with what it points to.
fn references<'a>(part: &'a Value, into: &mut Vec<&'a str>) {
    match part {
        Value::Object(members) => {
            into.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|member| references(member, into));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, into)),
        _ => {}
    }
}

#[tokio::test]
async fn the_document_refers_to_nothing_that_it_does_not_hold() {
    let database = Database::new().await;
    let api = Process::start(&database, "up");
    let (document, _) = operations(&api).await;
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}

/// A value that the document allows; of an object, the members that it must have, or all.
fn allowed(document: &Value, schema: &Value, all: bool) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return allowed(document, document.pointer(reference.trim_start_matches('#')).unwrap(), all);
    }
    if let Some(example) = schema.get("example").or_else(|| schema["enum"].get(0)) {
        return example.clone();
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let parts = parts.iter().flat_map(|part| allowed(document, part, all).as_object().unwrap().clone());
        return Value::Object(parts.collect());
    }
    if let Some(choices) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        let choice = choices.iter().find(|choice| choice["type"] != "null").unwrap();
        return allowed(document, choice, all);
    }
    match schema["type"].as_str().or_else(|| schema["type"][0].as_str()) {
        Some("object") => {
            let must = schema["required"].as_array().cloned().unwrap_or_default();
            let members = schema["properties"].as_object().into_iter().flatten();
            let members = members.filter(|(name, _)| all || must.iter().any(|required| required == *name));
            members.map(|(name, member)| (name.clone(), allowed(document, member, all))).collect()
        }
        Some("array") => json!([allowed(document, &schema["items"], all)]),
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(true),
        _ if schema["format"] == "uuid" => json!(NOBODY),
        _ if schema["format"] == "date" => json!("2027-03-01"),
        _ => json!("x"),
    }
}

/// Whatever else is refused of it: no member is missing, and none is one too many.
#[tokio::test]
async fn a_body_that_the_document_allows_is_one_that_its_endpoint_knows() {
    let database = Database::new().await;
    let api = Process::start(&database, "up");
    let (document, _) = operations(&api).await;
    let roles = ["hr", "hr-health", "administrator", "auditor", "data-protection"];
    let person = Person::with_roles(&database, &api, "Sacha", "Testeur", &roles).await;
    let mut wrong = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let schema = &item["post"]["requestBody"]["content"]["application/json"]["schema"];
        if schema.is_null() {
            continue;
        }
        let path = path.replace("{id}", NOBODY).replace("{role}", "hr");
        for all in [false, true] {
            let body = allowed(&document, schema, all);
            let answer = person.post(&api, &path, &body).header("Accept-Language", "en").send().await.unwrap();
            let status = answer.status();
            let answer: Value = answer.json().await.unwrap();
            let said = answer["errors"].as_array().into_iter().flatten();
            let said: Vec<_> =
                said.filter(|error| ["required", "unknown field"].iter().any(|one| error["detail"] == *one)).collect();
            if !said.is_empty() || status.is_server_error() {
                wrong.push(format!("{path} {body}: {status} {said:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// `schemathesis` sends what the document allows and much that it does not; nothing may be the server's own fault.
#[tokio::test(flavor = "multi_thread")]
async fn no_generated_request_is_a_server_error() {
    let database = Database::new().await;
    let api = Process::start(&database, "up");
    let Some(programs) = test_support::installed(Path::new(env!("CARGO_TARGET_TMPDIR")), "schemathesis==4.32.5") else {
        return test_support::left_out("requests generated from the document: there is no python3 with venv");
    };
    let roles = ["hr", "administrator", "auditor"];
    let person = Person::with_roles(&database, &api, "Sacha", "Testeur", &roles).await;
    let document = format!("{}/openapi.json", api.api());
    let bearer = format!("Authorization: Bearer {}", person.token);
    // Not what never ends, nor what would end this session.
    let left_out = "stream|sessions/current|me/password";
    let bounds = ["--max-examples", "5", "--request-timeout", "20", "--checks", "not_a_server_error"];
    let mut run = Command::new(programs.join("schemathesis"));
    run.args(["run", &document, "-H", &bearer, "--exclude-path-regex", left_out]).args(bounds).env("NO_COLOR", "1");
    // It keeps a cache where it runs.
    run.current_dir(env!("CARGO_TARGET_TMPDIR"));
    let output = tokio::task::spawn_blocking(move || run.output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
