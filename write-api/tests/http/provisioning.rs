//! Accounts are opened, each under a name of its own.

use crate::app::{App, PASSWORD, answer, slug};
use events::account::Role;
use futures::future::join_all;
use serde_json::json;
use std::collections::BTreeSet;

#[tokio::test]
async fn human_resources_open_an_account_and_its_agent_logs_in() {
    let app = App::start().await;
    let hr = app.agent("Hr", &[Role::Hr]).await;

    let person = json!({ "given_name": "Élodie", "family_name": "d’Ornano-Müller", "staff_number": "A-12" });
    let (status, made) = app.post(&hr, "/v1/accounts", person).await;
    assert_eq!((status, made["username"].as_str()), (201, Some("elodie.dornano-muller")));
    let code = made["initial_code"].as_str().unwrap();

    assert_eq!(slug(&app.log_in("elodie.dornano-muller", code).await), "personal-password-required");
    assert_eq!(app.first_login("elodie.dornano-muller", code, PASSWORD).await.0, 200);
    let (status, session) = app.log_in(" ELODIE.Dornano-Muller ", PASSWORD).await;
    assert_eq!((status, &session["roles"]), (201, &json!(["agent"])));
    assert!(session["position"].as_i64().unwrap() > made["position"].as_i64().unwrap());
}

#[tokio::test]
async fn a_repeated_key_opens_one_account_and_shows_the_code_once() {
    let app = App::start().await;
    let hr = app.agent("Hr", &[Role::Hr]).await;
    let person = json!({ "given_name": "Jean", "family_name": "Martin" });
    let send = |body| answer(app.command(&hr, "/v1/accounts", body).header("idempotency-key", "one"));
    // Two keys are refused, so the request is made with one alone.
    assert_eq!(send(&person).await.0, 422);

    let send = |body: serde_json::Value| {
        let request = app.request(reqwest::Method::POST, "/v1/accounts").bearer_auth(&hr.token);
        answer(request.header("idempotency-key", "one").json(&body))
    };
    let (status, first) = send(person.clone()).await;
    assert_eq!(status, 201);
    let (status, again) = send(person.clone()).await;
    assert_eq!(status, 201);
    assert!(first["initial_code"].is_string() && again["initial_code"].is_null());
    for member in ["account", "username", "position"] {
        assert_eq!(first[member], again[member]);
    }
    let other = send(json!({ "given_name": "Jean", "family_name": "Durand" })).await;
    assert_eq!(slug(&other), "idempotency-key-reused");
    let at_once = join_all((0..6).map(|_| {
        let request = app.request(reqwest::Method::POST, "/v1/accounts").bearer_auth(&hr.token);
        answer(request.header("idempotency-key", "at-once").json(&person))
    }))
    .await;
    let accounts: BTreeSet<_> = at_once.iter().map(|(_, body)| body["account"].to_string()).collect();
    assert_eq!((accounts.len(), at_once.iter().filter(|(_, body)| body["initial_code"].is_string()).count()), (1, 1));
}

#[tokio::test]
async fn who_lost_the_first_answer_is_told_where_another_code_is_issued() {
    let app = App::start().await;
    let hr = app.agent("Hr", &[Role::Hr]).await;
    let send = |path: String, key: &'static str, body: serde_json::Value| {
        let request = app.request(reqwest::Method::POST, &path).bearer_auth(&hr.token);
        answer(request.header("idempotency-key", key).json(&body))
    };
    let person = json!({ "given_name": "Jean", "family_name": "Martin" });
    let first = send("/v1/accounts".to_owned(), "open", person.clone()).await.1;
    let again = send("/v1/accounts".to_owned(), "open", person).await.1;

    assert!(first.get("initial_code_shown_before").is_none());
    let told = &again["initial_code_shown_before"];
    assert!(told["detail"]["fr"].is_string() && told["detail"]["en"].is_string(), "{again}");
    let reissue = told["reissue"].as_str().unwrap().to_owned();
    let (status, other) = send(reissue.clone(), "issue", json!({})).await;
    assert_eq!(status, 201);
    let issued_again = send(reissue.clone(), "issue", json!({})).await.1;
    assert_eq!(issued_again["initial_code_shown_before"]["reissue"], reissue.as_str());
    assert!(other.get("initial_code_shown_before").is_none() && issued_again.get("initial_code").is_none());

    let (username, code) = (first["username"].as_str().unwrap(), |of: &serde_json::Value| of["initial_code"].clone());
    let lost = app.first_login(username, code(&first).as_str().unwrap(), PASSWORD).await;
    assert_eq!(slug(&lost), "invalid-credentials", "the other code took its place");
    assert_eq!(app.first_login(username, code(&other).as_str().unwrap(), PASSWORD).await.0, 200);
}

#[tokio::test]
async fn of_two_accounts_that_want_one_name_at_once_exactly_one_gets_it() {
    let app = App::start().await;
    let other = app.another().await;
    let hr = app.agent("Hr", &[Role::Hr]).await;
    for round in 0..8 {
        let person = json!({ "given_name": "A", "family_name": "B", "username": format!("wanted{round}") });
        let answers = join_all([&app, &other].map(|app| app.post(&hr, "/v1/accounts", person.clone()))).await;
        let mut statuses: Vec<_> = answers.iter().map(|(status, _)| *status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
        assert!(answers.iter().any(|answer| slug(answer) == "username-taken"));
    }
}

#[tokio::test]
async fn homonyms_all_get_a_name_of_their_own() {
    let app = App::start().await;
    let other = app.another().await;
    let hr = app.agent("Hr", &[Role::Hr]).await;
    let person = json!({ "given_name": "Jean", "family_name": "Martin" });
    let answers = join_all([&app, &other, &app, &other].map(|app| app.post(&hr, "/v1/accounts", person.clone()))).await;
    assert!(answers.iter().all(|(status, _)| *status == 201), "{answers:?}");
    let names: BTreeSet<_> = answers.iter().map(|(_, body)| body["username"].as_str().unwrap()).collect();
    assert_eq!(names, BTreeSet::from(["jean.martin", "jean.martin2", "jean.martin3", "jean.martin4"]));
}

#[tokio::test]
async fn bad_input_is_named_and_changes_nothing() {
    let app = App::start().await;
    let hr = app.agent("Hr", &[Role::Hr]).await;
    let before = app.count("AccountProvisioned").await;
    let refused = async |body| {
        let answer = app.post(&hr, "/v1/accounts", body).await;
        let errors = answer.1["errors"].as_array().cloned().unwrap_or_default();
        let pointers: Vec<_> =
            errors.iter().map(|error| error["pointer"].as_str().unwrap_or_default().to_owned()).collect();
        format!("{} {} {}", answer.0, slug(&answer), pointers.join(" "))
    };
    assert_eq!(refused(json!({})).await, "422 invalid-field /given_name");
    assert_eq!(refused(json!({ "given_name": 1, "family_name": "B" })).await, "422 invalid-field /given_name");
    assert_eq!(
        refused(json!({ "given_name": "", "family_name": "=cmd", "staff_number": "\u{202e}", "username": "Ü" })).await,
        "422 invalid-field /given_name /family_name /staff_number /username"
    );
    assert_eq!(refused(json!({ "given_name": "’", "family_name": "B" })).await, "422 invalid-field /family_name");
    assert_eq!(
        refused(json!({ "given_name": "A", "family_name": "B", "roles": ["administrator"] })).await,
        "422 invalid-field /roles"
    );
    assert_eq!(refused(json!({ "given_name": "A\0", "family_name": "B" })).await, "422 invalid-field /given_name");
    assert_eq!(
        refused(json!({ "given_name": "a".repeat(101), "family_name": "B" })).await,
        "422 invalid-field /given_name"
    );
    assert_eq!(app.count("AccountProvisioned").await, before);
}
