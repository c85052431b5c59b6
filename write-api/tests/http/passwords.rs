//! First secrets and personal passwords.

use crate::app::{Agent, App, OTHER_PASSWORD, PASSWORD, answer, slug};
use events::account::Role;
use futures::future::join_all;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn the_initial_code_opens_no_session_and_works_once() {
    let app = App::start().await;
    let (account, username, code) = app.provision("Curie").await;
    assert_eq!(slug(&app.log_in(&username, &code).await), "personal-password-required");
    let typed = code.replace('-', " ").to_uppercase();
    assert_eq!(app.first_login(&username, &typed, PASSWORD).await.0, 200);
    assert_eq!(slug(&app.first_login(&username, &code, OTHER_PASSWORD).await), "invalid-credentials");
    assert_eq!(slug(&app.log_in(&username, &code).await), "invalid-credentials");
    assert_eq!(app.log_in(&username, PASSWORD).await.0, 201);
    assert!(app.events(account).await.contains(&"PersonalPasswordSet".to_owned()));
}

#[tokio::test]
async fn guesses_of_the_initial_code_are_three_too() {
    let app = App::start().await;
    let (_, username, code) = app.provision("Curie").await;
    let before = app.api.password_comparisons();
    for _ in 0..2 {
        assert_eq!(slug(&app.first_login(&username, "aaaa-aaaa-aaaa-aaaa", PASSWORD).await), "invalid-credentials");
    }
    assert_eq!(slug(&app.log_in(&username, OTHER_PASSWORD).await), "invalid-credentials");
    assert_eq!(slug(&app.first_login(&username, &code, PASSWORD).await), "invalid-credentials");
    assert_eq!(app.api.password_comparisons() - before, 3);
}

#[tokio::test]
async fn a_first_login_sent_again_is_no_failure_while_its_password_is_in_force() {
    let app = App::start().await;
    let (account, username, code) = app.provision("Curie").await;
    let (status, first) = app.first_login(&username, &code, PASSWORD).await;
    assert_eq!(status, 200, "{first}");
    for _ in 0..3 {
        let (status, again) = app.another().await.first_login(&username, &code, PASSWORD).await;
        assert_eq!((status, &again["account"]), (200, &first["account"]), "{again}");
    }
    let events = app.events(account).await;
    let count = |kind: &str| events.iter().filter(|event| *event == kind).count();
    assert_eq!((count("LoginFailed"), count("PersonalPasswordSet")), (0, 1));

    let agent = app.again(account, &username).await;
    let change = json!({ "current_password": PASSWORD, "password": OTHER_PASSWORD });
    assert_eq!(app.post(&agent, "/v1/me/password", change).await.0, 200);
    let before = app.api.password_comparisons();
    for _ in 0..4 {
        // Neither the old pair nor a guess of the password that is now.
        assert_eq!(slug(&app.first_login(&username, &code, PASSWORD).await), "invalid-credentials");
    }
    assert_eq!(app.api.password_comparisons() - before, 3);
    assert_eq!(slug(&app.log_in(&username, OTHER_PASSWORD).await), "invalid-credentials", "it is suspended");
}

#[tokio::test]
async fn a_first_login_with_the_password_in_force_and_another_code_is_a_failure() {
    let app = App::start().await;
    let (account, username, code) = app.provision("Curie").await;
    assert_eq!(app.first_login(&username, &code, PASSWORD).await.0, 200);
    assert_eq!(slug(&app.first_login(&username, "aaaa-aaaa-aaaa-aaaa", PASSWORD).await), "invalid-credentials");
    assert!(app.events(account).await.contains(&"LoginFailed".to_owned()));
    assert_eq!(app.first_login(&username, &code, PASSWORD).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_first_login_sent_several_times_at_once_through_two_processes_is_no_failure() {
    let app = App::start().await;
    let other = app.another().await;
    let (account, username, code) = app.provision("Curie").await;

    let answers = join_all((0..8).map(|n| [&app, &other][n % 2].first_login(&username, &code, PASSWORD))).await;

    assert!(answers.iter().all(|(status, _)| *status == 200), "{answers:?}");
    let events = app.events(account).await;
    let count = |kind: &str| events.iter().filter(|event| *event == kind).count();
    assert_eq!((count("LoginFailed"), count("PersonalPasswordSet"), count("LoginSucceeded")), (0, 1, 8));
    assert_eq!(app.log_in(&username, PASSWORD).await.0, 201);
}

#[tokio::test]
async fn a_password_that_breaks_rules_is_refused_before_any_hash_with_all_of_them() {
    let app = App::start().await;
    let (account, username, code) = app.provision("Curie").await;
    let before = (app.api.password_comparisons(), app.events(account).await);
    let broken = async |password: &str| {
        let (status, body) = app.first_login(&username, &code, password).await;
        assert_eq!(status, 422, "{body}");
        let errors = body["errors"].as_array().unwrap();
        assert!(errors.iter().all(|error| error["pointer"] == "/password"));
        errors.iter().map(|error| error["detail"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(broken("").await.len(), 4);
    assert_eq!(broken("short").await.len(), 4);
    assert_eq!(broken(&username.to_uppercase()).await.len(), 3, "too short, no digit, the username");
    assert!(broken(&code).await.contains(&"expected another than the initial code".to_owned()));
    assert_eq!(broken(&"A1 é".repeat(33)).await, ["expected at most 128 characters and 512 bytes"]);
    assert_eq!((app.api.password_comparisons(), app.events(account).await), before);
    assert_eq!(app.log_in(&username, &"a".repeat(129)).await.0, 422);
    assert_eq!((app.api.password_comparisons(), app.events(account).await), before);
    assert_eq!(app.first_login(&username, &code, PASSWORD).await.0, 200);
}

#[tokio::test]
async fn every_code_point_of_a_password_counts() {
    let app = App::start().await;
    let (_, username, code) = app.provision("Curie").await;
    let long = |last: &str| format!("A1 {}{last}", "\u{1f409}".repeat(124));
    assert_eq!(app.first_login(&username, &code, &long("x")).await.0, 200);
    assert_eq!(app.log_in(&username, &long("y")).await.0, 401);
    assert_eq!(app.log_in(&username, &long("x")).await.0, 201);
}

#[tokio::test]
async fn a_change_asks_for_the_current_password_and_ends_every_session() {
    let app = App::start().await;
    let other = app.another().await;
    let agent = app.agent("Curie", &[]).await;
    let elsewhere = other.again(agent.account, &agent.username).await;
    let change = |from: &str, to: &str| {
        let body = json!({ "current_password": from, "password": to });
        let (app, agent) = (app.clone(), agent.clone());
        async move { app.post(&agent, "/v1/me/password", body).await }
    };
    assert_eq!(slug(&change(OTHER_PASSWORD, "Correct horse battery 6").await), "invalid-credentials");
    assert_eq!(slug(&change(PASSWORD, PASSWORD).await), "invalid-field");
    assert_eq!(slug(&change(PASSWORD, "weak").await), "invalid-field");
    assert_eq!(change(PASSWORD, OTHER_PASSWORD).await.0, 200);

    for (app, agent) in [(&app, &agent), (&other, &elsewhere)] {
        let answer = app.post(agent, "/v1/me/password", json!({ "current_password": "x", "password": "x" })).await;
        assert_eq!(slug(&answer), "not-signed-in");
    }
    assert_eq!(slug(&app.log_in(&agent.username, PASSWORD).await), "invalid-credentials");
    assert_eq!(app.log_in(&agent.username, OTHER_PASSWORD).await.0, 201);
    let secrets: i64 = sqlx::query_scalar("SELECT count(*) FROM access.credential WHERE account = $1")
        .bind(agent.account.as_uuid())
        .fetch_one(&app.database.owner())
        .await
        .unwrap();
    assert_eq!(secrets, 1, "superseded secrets are deleted");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_change_sent_several_times_at_once_through_two_processes_is_no_failure() {
    let app = App::start().await;
    let other = app.another().await;
    let agent = app.agent("Curie", &[]).await;
    let body = json!({ "current_password": PASSWORD, "password": OTHER_PASSWORD });
    let before = app.api.password_comparisons() + other.api.password_comparisons();

    let answers = join_all((0..8).map(|n| {
        let request = [&app, &other][n % 2].request(Method::POST, "/v1/me/password").bearer_auth(&agent.token);
        answer(request.header("idempotency-key", "one").json(&body))
    }))
    .await;

    let changed: Vec<_> = answers.iter().filter(|(status, _)| *status == 200).collect();
    assert!(!changed.is_empty() && changed.iter().all(|first| *first == changed[0]), "{answers:?}");
    let compared = app.api.password_comparisons() + other.api.password_comparisons() - before;
    assert!(compared > 1, "they met: {answers:?}");
    // The change ends every session: who asks after it is signed in no longer.
    let late = answers.iter().filter(|(status, _)| *status != 200);
    assert!(late.clone().all(|answer| slug(answer) == "not-signed-in"), "{answers:?}");
    let events = app.events(agent.account).await;
    let count = |kind: &str| events.iter().filter(|event| *event == kind).count();
    assert_eq!((count("LoginFailed"), count("AccountSuspended"), count("PersonalPasswordSet")), (0, 0, 2));
    assert_eq!(count("LoginAttempted"), count("LoginSucceeded"), "no slot is left behind");
    assert_eq!(app.log_in(&agent.username, OTHER_PASSWORD).await.0, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_under_the_key_of_a_change_are_three_too() {
    let app = App::start().await;
    let other = app.another().await;
    let agent = app.agent("Curie", &[]).await;
    let before = app.api.password_comparisons() + other.api.password_comparisons();

    let answers = join_all((0..8).map(|n| {
        let body = json!({ "current_password": format!("Wrong horse battery {n}"), "password": OTHER_PASSWORD });
        let request = [&app, &other][n % 2].request(Method::POST, "/v1/me/password").bearer_auth(&agent.token);
        answer(request.header("idempotency-key", "one").json(&body))
    }))
    .await;

    assert!(answers.iter().all(|answer| slug(answer) == "invalid-credentials"), "{answers:?}");
    assert_eq!(app.api.password_comparisons() + other.api.password_comparisons() - before, 3);
    assert_eq!(slug(&app.log_in(&agent.username, PASSWORD).await), "invalid-credentials", "it is suspended");
}

#[tokio::test]
async fn an_initial_code_makes_human_resources_nobody_above() {
    let app = App::start().await;
    let hr = app.agent("Hr", &[Role::Hr]).await;
    let administrator = app.agent("Admin", &[Role::Administrator]).await;
    let issue = async |by: &Agent, to: &Agent| {
        app.post(by, &format!("/v1/accounts/{}/initial-code", to.account), json!({})).await
    };
    for role in [Role::Administrator, Role::Auditor, Role::Hr, Role::HrHealth, Role::DataProtection] {
        let above = app.agent("Above", &[role]).await;
        let before = app.events(above.account).await;
        let refused = issue(&hr, &above).await;
        assert_eq!((refused.0, slug(&refused)), (403, "not-allowed"), "{role}");
        assert_eq!(refused.1["detail"], "The role `administrator` is needed.");
        assert_eq!(app.events(above.account).await, before);
        assert_eq!(app.log_in(&above.username, PASSWORD).await.0, 201, "its secret is as it was");
        assert_eq!(issue(&administrator, &above).await.0, 201, "{role}");
    }
    for own in [&hr, &administrator] {
        assert_eq!(slug(&issue(own, own).await), "not-allowed");
        assert_eq!(app.log_in(&own.username, PASSWORD).await.0, 201);
    }
    let manager = app.agent("Manager", &[Role::Manager]).await;
    assert_eq!(slug(&issue(&administrator, &manager).await), "not-allowed");
    assert_eq!(issue(&hr, &manager).await.0, 201);
}

#[tokio::test]
async fn a_new_initial_code_replaces_whatever_opened_the_account_and_lifts_no_suspension() {
    let app = App::start().await;
    let hr = app.agent("Hr", &[Role::Hr]).await;
    let agent = app.agent("Curie", &[]).await;
    let path = format!("/v1/accounts/{}/initial-code", agent.account);
    let (status, issued) = app.post(&hr, &path, json!({})).await;
    assert_eq!(status, 201);
    let code = issued["initial_code"].as_str().unwrap();
    assert_eq!(slug(&app.log_in(&agent.username, PASSWORD).await), "invalid-credentials");
    let session = app.post(&agent, "/v1/me/password", json!({ "current_password": "x", "password": "x" })).await;
    assert_eq!(slug(&session), "not-signed-in");
    assert_eq!(app.first_login(&agent.username, code, OTHER_PASSWORD).await.0, 200);

    for _ in 0..3 {
        app.log_in(&agent.username, PASSWORD).await;
    }
    let (_, issued) = app.post(&hr, &path, json!({})).await;
    let code = issued["initial_code"].as_str().unwrap();
    assert_eq!(slug(&app.first_login(&agent.username, code, PASSWORD).await), "invalid-credentials");
    let nobody = format!("/v1/accounts/{}/initial-code", uuid::Uuid::new_v4());
    assert_eq!(slug(&app.post(&hr, &nobody, json!({})).await), "not-found");
}
