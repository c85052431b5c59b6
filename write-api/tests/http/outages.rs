//! What cannot be recorded is never an answer.

use crate::app::{App, OTHER_PASSWORD, PASSWORD};
use serde_json::json;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, ConnectOptions};

/// Makes the database refuse every connection, or take them again.
async fn allow_connections(app: &App, allowed: bool) {
    let options = app.database.owner_options();
    let name = options.get_database().unwrap().to_owned();
    let mut server: PgConnection = options.database("postgres").connect().await.unwrap();
    let alter = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}");
    sqlx::raw_sql(AssertSqlSafe(alter)).execute(&mut server).await.unwrap();
    if !allowed {
        sqlx::query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1")
            .bind(name)
            .execute(&mut server)
            .await
            .unwrap();
    }
}

async fn told(app: &App, username: &str, password: &str) -> (u16, String) {
    let body = json!({ "username": username, "password": password });
    let response = app.request(reqwest::Method::POST, "/v1/sessions").json(&body).send().await.unwrap();
    assert_eq!(response.headers()["retry-after"], "1");
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn with_the_database_away_right_and_wrong_are_the_same_503_and_nothing_is_compared() {
    let app = App::start().await;
    let agent = app.agent("Curie", &[]).await;
    let before = app.api.password_comparisons();
    allow_connections(&app, false).await;

    let right = told(&app, &agent.username, PASSWORD).await;
    assert_eq!(right.0, 503);
    assert_eq!(told(&app, &agent.username, OTHER_PASSWORD).await, right);
    assert_eq!(told(&app, "nobody.here", OTHER_PASSWORD).await, right);
    assert_eq!(app.api.password_comparisons(), before);

    allow_connections(&app, true).await;
    assert_eq!(app.log_in(&agent.username, PASSWORD).await.0, 201);
}

#[tokio::test]
async fn with_the_database_silent_right_and_wrong_are_the_same_503_in_time() {
    let app = App::start().await;
    let agent = app.agent("Curie", &[]).await;
    let fresh = app.another().await;
    let owner = app.database.owner();
    for silent in ["journal.event", "access.credential"] {
        let mut lock = owner.begin().await.unwrap();
        let sql = format!("LOCK TABLE {silent} IN ACCESS EXCLUSIVE MODE");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *lock).await.unwrap();
        // A process that knows nothing yet has to read the streams.
        let (right, wrong, unknown) = tokio::join!(
            told(&fresh, &agent.username, PASSWORD),
            told(&fresh, &agent.username, OTHER_PASSWORD),
            told(&fresh, "nobody.here", OTHER_PASSWORD),
        );
        assert_eq!(right.0, 503, "{silent}: {}", right.1);
        assert_eq!((&wrong, &unknown), (&right, &right), "{silent}");
        lock.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn an_outcome_that_is_not_recorded_is_a_503_and_leaves_no_session() {
    let app = App::start().await;
    let agent = app.agent("Curie", &[]).await;
    let owner = app.database.owner();
    sqlx::raw_sql(
        "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'lost'; END $$;
         CREATE TRIGGER lose BEFORE INSERT ON journal.event FOR EACH ROW
             WHEN (new.type IN ('LoginSucceeded', 'LoginFailed')) EXECUTE FUNCTION lose();",
    )
    .execute(&owner)
    .await
    .unwrap();

    let right = told(&app, &agent.username, PASSWORD).await;
    assert_eq!(right.0, 503);
    assert_eq!(told(&app, &agent.username, OTHER_PASSWORD).await, right);
    let sessions: i64 = sqlx::query_scalar("SELECT count(*) FROM access.session").fetch_one(&owner).await.unwrap();
    assert_eq!(sessions, 1, "the one from before");
}
