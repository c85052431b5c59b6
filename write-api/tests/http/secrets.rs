//! Nothing that was typed as a secret, or into the wrong field, is found anywhere afterwards.

use crate::app::{App, answer};
use data_encoding::HEXLOWER;
use events::account::Role;
use serde_json::json;
use std::io;
use std::sync::{Arc, Mutex};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Every row of every table of ours, as text.
async fn dump(app: &App) -> String {
    let owner = app.database.owner();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('journal', 'vault', 'access')",
    )
    .fetch_all(&owner)
    .await
    .unwrap();
    let mut dump = String::new();
    for table in tables {
        let sql = format!("SELECT coalesce(string_agg(t::text, E'\n'), '') FROM {table} AS t");
        let rows: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&owner).await.unwrap();
        dump.push_str(&rows);
    }
    dump
}

#[tokio::test]
async fn no_secret_is_found_in_the_database_or_the_log() {
    let captured = Captured::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(captured.clone());
    // Other tests of this process write here too: their secrets are not to be found either.
    subscriber.finish().try_init().unwrap();

    let app = App::start().await;
    let hr = app.agent("Secrethr", &[Role::Hr, Role::Administrator]).await;
    let (_, made) = app
        .post(
            &hr,
            "/v1/accounts",
            json!({ "given_name": "Zébulon", "family_name": "Quenelle", "staff_number": "QX-77" }),
        )
        .await;
    let (username, code) = (made["username"].as_str().unwrap(), made["initial_code"].as_str().unwrap());
    let password = "Grand secret numéro 1";
    let typed = "Typed into the wrong field 1";
    app.first_login(username, "wrong-code-here", password).await;
    app.first_login(username, code, password).await;
    let (_, session) = app.log_in(username, password).await;
    for _ in 0..4 {
        app.log_in(typed, "Wrong secret number 1").await;
        app.log_in(username, "Wrong secret number 1").await;
    }
    let path = format!("/v1/accounts/{}/reactivation", made["account"].as_str().unwrap());
    assert_eq!(app.post(&hr, &path, json!({ "motive": "Confided in private" })).await.0, 200);
    let broken = format!(r#"{{"username":"{username}","password":"{password}","#);
    let request = app.request(reqwest::Method::POST, "/v1/sessions").header("content-type", "application/json");
    answer(request.body(broken)).await;

    let dump = dump(&app).await;
    assert!(dump.contains(made["account"].as_str().unwrap()), "the dump is one");
    let log = String::from_utf8_lossy(&captured.0.lock().unwrap()).into_owned();
    assert!(log.contains("/v1/sessions"), "the log is one");
    let bare_code = code.replace('-', "");
    let secrets = [
        password,
        typed,
        "Wrong secret number 1",
        "wrong-code-here",
        code,
        &bare_code,
        session["token"].as_str().unwrap(),
        &hr.token,
        "Confided in private",
    ];
    for secret in secrets {
        for shape in [secret.to_owned(), secret.to_lowercase(), HEXLOWER.encode(secret.as_bytes())] {
            assert!(!dump.contains(&shape), "in the database: {secret}");
        }
        assert!(!log.contains(secret) && !log.contains(&secret.to_lowercase()), "in the log: {secret}");
    }
    for personal in ["Zébulon", "Quenelle", "QX-77", "quenelle", "127.0.0.1"] {
        assert!(!dump.contains(&HEXLOWER.encode(personal.as_bytes())) && !dump.contains(personal), "{personal}");
    }
}
