//! Sessions: opened, carried, ended.

use crate::app::{App, PASSWORD, answer, slug};
use reqwest::Method;
use serde_json::json;
use write_api::Config;

#[tokio::test]
async fn a_session_ends_when_its_owner_logs_out() {
    let app = App::start().await;
    let agent = app.agent("Curie", &[]).await;
    let kept = app.again(agent.account, &agent.username).await;
    let log_out = || answer(app.request(Method::DELETE, "/v1/sessions/current").bearer_auth(&agent.token));
    assert_eq!(log_out().await.0, 200);
    assert_eq!(slug(&log_out().await), "not-signed-in");
    let other = app.post(&kept, "/v1/me/password", json!({ "current_password": "x", "password": "x" })).await;
    assert_eq!(slug(&other), "invalid-field", "his other session goes on");
    assert_eq!(app.events(agent.account).await.last().unwrap(), "LoggedOut");
}

#[tokio::test]
async fn of_log_outs_at_once_each_is_told_and_one_is_recorded() {
    let app = App::start().await;
    let agent = app.agent("Curie", &[]).await;
    let log_out = || answer(app.request(Method::DELETE, "/v1/sessions/current").bearer_auth(&agent.token));
    let told = futures::future::join_all((0..6).map(|_| log_out())).await;
    let ended: Vec<_> = told.iter().map(|answer| answer.0).filter(|status| *status != 401).collect();
    assert!(!ended.is_empty() && ended.iter().all(|status| *status == 200), "{told:?}");
    assert_eq!(app.count("LoggedOut").await, 1);
}

#[tokio::test]
async fn a_browser_carries_its_session_as_a_cookie_with_a_csrf_token() {
    let app = App::start().await;
    let agent = app.agent("Curie", &[]).await;
    let body = json!({ "username": agent.username, "password": PASSWORD, "cookie": true });
    let response = app.request(Method::POST, "/v1/sessions").json(&body).send().await.unwrap();
    let cookies: Vec<String> =
        response.headers().get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap().to_owned()).collect();
    let session = cookies.iter().find(|cookie| cookie.starts_with("__Host-session=")).unwrap();
    assert!(session.contains("HttpOnly") && session.contains("Secure") && session.contains("Path=/"));
    let body: serde_json::Value = response.json().await.unwrap();
    assert!(body["token"].is_null());

    let cookie = session.split(';').next().unwrap();
    let log_out = || app.request(Method::DELETE, "/v1/sessions/current").header("cookie", cookie);
    assert_eq!(slug(&answer(log_out()).await), "cross-site-request");
    let csrf = body["csrf_token"].as_str().unwrap();
    assert_eq!(answer(log_out().header("x-csrf-token", csrf)).await.0, 200);
}

#[tokio::test]
async fn a_session_that_is_not_used_or_too_old_has_ended() {
    let app = App::start_with(Config { session_idle_s: 60, session_absolute_s: 3_600, ..Config::default() }).await;
    let agent = app.agent("Curie", &[]).await;
    let open = async || {
        let answer = app.post(&agent, "/v1/me/password", json!({ "current_password": "x", "password": "x" })).await;
        slug(&answer) != "not-signed-in"
    };
    let shift = async |column: &str, by: &str| {
        let sql = format!("UPDATE access.session SET {column} = {column} - interval '{by}'");
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&app.database.owner()).await.unwrap();
    };
    shift("last_used_at", "50 s").await;
    assert!(open().await, "and is used now");
    shift("last_used_at", "50 s").await;
    assert!(open().await);
    shift("last_used_at", "61 s").await;
    assert!(!open().await);
    shift("last_used_at", "-61 s").await;
    assert!(open().await);
    shift("expires", "1 h").await;
    assert!(!open().await);
}

#[tokio::test]
async fn tokens_are_kept_as_hashes_and_differ_at_each_login() {
    let app = App::start().await;
    let agent = app.agent("Curie", &[]).await;
    assert_ne!(app.again(agent.account, &agent.username).await.token, agent.token);
    for bad in ["", "x", &agent.token[1..], &"a".repeat(8_000)] {
        let request = app.request(Method::DELETE, "/v1/sessions/current").bearer_auth(bad);
        assert_eq!(slug(&answer(request).await), "not-signed-in");
    }
}

#[tokio::test]
async fn logins_that_cannot_be_read_are_refused_with_their_field() {
    let app = App::start().await;
    let refused = async |body: &str| {
        let request = app.request(Method::POST, "/v1/sessions").header("content-type", "application/json");
        let answer = answer(request.body(body.to_owned())).await;
        format!("{} {}", slug(&answer), answer.1["errors"][0]["pointer"].as_str().unwrap_or_default())
    };
    assert_eq!(refused("{").await, "malformed-request ");
    assert_eq!(refused("[]").await, "invalid-field ");
    assert_eq!(refused(r#"{"username":"a"}"#).await, "invalid-field /password");
    assert_eq!(refused(r#"{"username":["a","b"],"password":"x"}"#).await, "invalid-field /username");
    assert_eq!(refused(r#"{"username":"a","username":"b","password":"x"}"#).await, "invalid-field /username");
    assert_eq!(refused(r#"{"username":"a\u0000","password":"x"}"#).await, "invalid-field /username");
    assert_eq!(refused(r#"{"username":"a","password":"x","role":"hr"}"#).await, "invalid-field /role");
    let long = format!(r#"{{"username":"{}","password":"x"}}"#, "é".repeat(129));
    assert_eq!(refused(&long).await, "invalid-field /username");
    assert_eq!(refused(&"a".repeat(10 << 20)).await, "payload-too-large ");
}
