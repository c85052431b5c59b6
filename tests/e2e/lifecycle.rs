//! Starting, stopping, and what lies between.

use crate::process::{Person, Process, expect, intraparis_at, log_in};
use migrations::Role;
use reqwest::StatusCode;
use serde_json::json;
use test_support::Database;

#[tokio::test]
async fn the_roles_apart_are_the_same_portal() {
    let database = Database::new().await;
    let write = Process::start(&database, "write-api");
    let read = Process::start(&database, "read-api");
    let _projector = Process::start(&database, "projector");
    let agent = Person::with_roles(&database, &write, "Yves", "Noir", &[]).await;

    let session = json!({ "username": agent.username, "password": agent.password });
    let session = expect(write.post("/v1/sessions", &session).send().await, StatusCode::CREATED).await;
    let me = read.get("/v1/me").bearer_auth(session["token"].as_str().unwrap());
    let me = me.header("At-Least-Position", session["position"].to_string()).send().await;
    assert_eq!(expect(me, StatusCode::OK).await["username"], json!("yves.noir"));
    // Each has its own doors alone.
    expect(read.post("/v1/sessions", &json!({})).send().await, StatusCode::NOT_FOUND).await;
    expect(write.get("/v1/me").send().await, StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn each_role_is_served_by_a_login_that_can_do_nothing_else() {
    let database = Database::new().await;
    let login = async |roles: &[Role]| database.url_of_login(roles).await;
    let write = Process::start_at(&login(&[Role::Writer, Role::Reader]).await, "write-api");
    let read = Process::start_at(&login(&[Role::Reader]).await, "read-api");
    let _projector = Process::start_at(&login(&[Role::Projector, Role::Reader]).await, "projector");
    let agent = Person::with_roles(&database, &write, "Yves", "Noir", &[]).await;

    let session = json!({ "username": agent.username, "password": agent.password });
    let session = expect(write.post("/v1/sessions", &session).send().await, StatusCode::CREATED).await;
    let me = read.get("/v1/me").bearer_auth(session["token"].as_str().unwrap());
    let me = me.header("At-Least-Position", session["position"].to_string()).send().await;
    expect(me, StatusCode::OK).await;
}

#[tokio::test]
async fn a_login_that_may_not_migrate_says_who_must() {
    let database = Database::empty().await;
    let owner = Database::new().await;
    let reader = owner.url_of_login(&[Role::Reader]).await;
    let [name, empty] = [&owner, &database].map(|database| database.owner_options().get_database().unwrap().to_owned());
    let output = intraparis_at(&reader.replace(&name, &empty), &["projections", "list"]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("intraparis migrate"), "{said}");
}

#[tokio::test]
async fn a_signal_ends_it_and_nothing_acknowledged_is_lost() {
    let database = Database::new().await;
    let api = Process::start(&database, "up");
    let hr = Person::with_roles(&database, &api, "Camille", "Durand", &["hr"]).await;
    let mut opening = tokio::task::JoinSet::new();
    for n in 0..24 {
        let body = json!({ "given_name": "Jean", "family_name": format!("Dupont-{n}") });
        opening.spawn(hr.post(&api, "/v1/accounts", &body).send());
    }
    let first = opening.join_next().await.unwrap().unwrap();
    assert_eq!(first.unwrap().status(), StatusCode::CREATED);
    let (status, log) = tokio::task::spawn_blocking(move || api.stop()).await.unwrap();
    assert!(status.success(), "{log}");
    let mut acknowledged = 1;
    while let Some(answer) = opening.join_next().await {
        if answer.unwrap().is_ok_and(|answer| answer.status() == StatusCode::CREATED) {
            acknowledged += 1;
        }
    }
    let recorded: i64 = sqlx::query_scalar("SELECT count(*) FROM journal.event WHERE type = 'AccountProvisioned'")
        .fetch_one(&database.owner())
        .await
        .unwrap();
    assert!(recorded > acknowledged, "{recorded} recorded, {acknowledged} acknowledged beside HR's own");

    let api = Process::start(&database, "up");
    log_in(&api, &hr.username, &hr.password).await;
}

#[tokio::test]
async fn health_and_metrics() {
    let database = Database::new().await;
    let api = Process::start(&database, "up");
    Person::with_roles(&database, &api, "Yves", "Noir", &[]).await;
    expect(api.operations("/health/live").send().await, StatusCode::OK).await;
    expect(api.operations("/health/ready").send().await, StatusCode::OK).await;
    let metrics = api.operations("/metrics").send().await.unwrap().text().await.unwrap();
    for name in [
        "journal_append_seconds",
        "journal_batch_commands",
        "projection_lag_events",
        "projection_lag_seconds",
        "logins_total",
        "password_comparisons_total",
        "database_pool_connections",
    ] {
        assert!(metrics.contains(name), "{name} in {metrics}");
    }
}

#[tokio::test]
async fn no_secret_reaches_the_log() {
    let database = Database::new().await;
    let api = Process::start(&database, "up");
    let agent = Person::with_roles(&database, &api, "Yves", "Noir", &[]).await;
    let typed = json!({ "username": "Canari-Bleu 1789!", "password": "Canari-Rouge 1871!" });
    expect(api.post("/v1/sessions", &typed).send().await, StatusCode::UNAUTHORIZED).await;
    let garbled = api.get("/v1/me").bearer_auth("Canari-Vert").send().await;
    expect(garbled, StatusCode::UNAUTHORIZED).await;
    let (_, log) = tokio::task::spawn_blocking(move || api.stop()).await.unwrap();
    for secret in ["Canari", &agent.password, &agent.token] {
        assert!(!log.contains(secret), "{secret} in the log");
    }
}
