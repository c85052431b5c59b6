//! Agents from a CSV file, over HTTP.

use crate::app::{Agent, Answer, App, PASSWORD, answer, slug};
use events::account::Role;
use reqwest::Method;

async fn import(app: &App, who: &Agent, key: &str, csv: &str) -> Answer {
    let request = app.request(Method::POST, "/v1/accounts/import").bearer_auth(&who.token);
    answer(request.header("idempotency-key", key).header("content-type", "text/csv").body(csv.to_owned())).await
}

#[tokio::test]
async fn each_row_is_reported_by_line_and_a_wrong_one_hinders_no_other() {
    let app = App::start().await;
    let hr = app.agent("Hr", &[Role::Hr]).await;
    let csv = "given_name,family_name,username,roles\n\
               Marie,Curie,,\nJean,,,\nA,B,taken,\nC,D,taken,\nE,F,,auditor\nMarie,Curie,,agent\n";

    let (status, report) = import(&app, &hr, "one", csv).await;

    assert_eq!((status, &report["opened"], &report["failed"]), (200, &3.into(), &3.into()), "{report}");
    let rows = report["rows"].as_array().unwrap();
    let told = |line: usize| rows[line - 2]["username"].as_str().or(rows[line - 2]["error"]["fr"].as_str()).unwrap();
    assert_eq!((told(2), told(7)), ("marie.curie", "marie.curie2"));
    assert_eq!(told(3), "family_name : vide");
    assert_eq!(rows[1]["error"]["en"], "family_name: is empty");
    assert_eq!(told(4), "taken");
    assert_eq!(told(5), "username : déjà à la ligne 4");
    assert_eq!(told(6), "roles : le rôle administrator est requis pour en donner");
    let code = rows[0]["initial_code"].as_str().unwrap();
    assert_eq!(app.first_login(told(2), code, PASSWORD).await.0, 200);

    let accounts = app.count("AccountProvisioned").await;
    let (_, again) = import(&app, &hr, "one", csv).await;
    assert_eq!((&again["opened"], app.count("AccountProvisioned").await), (&3.into(), accounts));
    assert_eq!((&report["known_before"], &again["known_before"]), (&0.into(), &3.into()), "{again}");
    assert!(again["rows"].as_array().unwrap().iter().all(|row| row["initial_code"].is_null()));
}

#[tokio::test]
async fn a_key_names_one_file_and_another_one_does_nothing_under_it() {
    let app = App::start().await;
    let hr = app.agent("Hr", &[Role::Hr]).await;
    let header = "given_name,family_name\n";
    let (status, first) = import(&app, &hr, "one", &format!("{header}Marie,Curie\nJean,\n")).await;
    assert_eq!((status, &first["opened"], &first["failed"]), (200, &1.into(), &1.into()), "{first}");

    let before = app.api.head().position();
    for rows in ["Marie,Curie\nJean,Dupont\n", "Ada,Roy\n", "Marie,Curie\nJean,\nAda,Roy\n"] {
        let other = import(&app.another().await, &hr, "one", &format!("{header}{rows}")).await;
        assert_eq!((other.0, slug(&other)), (422, "idempotency-key-reused"), "{rows}");
    }
    let alone = serde_json::json!({ "given_name": "Ada", "family_name": "Roy" });
    let request = app.request(Method::POST, "/v1/accounts").bearer_auth(&hr.token).header("idempotency-key", "two");
    assert_eq!(answer(request.json(&alone)).await.0, 201);
    let after_one = import(&app, &hr, "two", &format!("{header}Ada,Roy\n")).await;
    assert_eq!(slug(&after_one), "idempotency-key-reused", "a key of a single command is no file's");
    assert_eq!((app.count("AccountProvisioned").await, app.api.head().position().get() - before.get()), (3, 2));

    let (status, again) = import(&app, &hr, "one", &format!("{header}Marie,Curie\nJean,\n")).await;
    assert_eq!((status, &again["opened"]), (200, &1.into()), "the same file still goes on: {again}");
}

#[tokio::test]
async fn homonyms_are_numbered_in_the_order_of_the_file() {
    let app = App::start().await;
    let hr = app.agent("Hr", &[Role::Hr]).await;
    let mut csv = "given_name,family_name,username\n".to_owned();
    for _ in 0..6 {
        csv += "Jean,Dupont,\nAda,Roy,\n";
    }
    csv += "Jean,Dupond,jean.dupont7\nJean,Dupont,\n";

    let (_, report) = import(&app, &hr, "one", &csv).await;

    let rows = report["rows"].as_array().unwrap();
    let lines: Vec<_> = rows.iter().map(|row| row["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, (2..=15).collect::<Vec<_>>(), "{report}");
    let of = |stem: &str| -> Vec<&str> {
        rows.iter().filter_map(|row| row["username"].as_str()).filter(|name| name.starts_with(stem)).collect()
    };
    assert_eq!(of("ada"), ["ada.roy", "ada.roy2", "ada.roy3", "ada.roy4", "ada.roy5", "ada.roy6"]);
    assert_eq!(
        of("jean"),
        [
            "jean.dupont",
            "jean.dupont2",
            "jean.dupont3",
            "jean.dupont4",
            "jean.dupont5",
            "jean.dupont6",
            "jean.dupont7",
            "jean.dupont8"
        ]
    );
}

#[tokio::test]
async fn roles_are_granted_by_who_may() {
    let app = App::start().await;
    let both = app.agent("Both", &[Role::Hr, Role::Administrator]).await;
    let (_, report) = import(&app, &both, "one", "given_name;family_name;roles\nÉ;F;auditor|manager\n").await;
    assert_eq!(report["rows"][0]["roles"], serde_json::json!(["manager", "auditor"]), "{report}");
    let recorded: Vec<(String, String)> =
        sqlx::query_as("SELECT type, capacity FROM journal.event WHERE stream_id = $1::uuid ORDER BY version")
            .bind(report["rows"][0]["account"].as_str())
            .fetch_all(&app.database.owner())
            .await
            .unwrap();
    let recorded: Vec<_> = recorded.iter().map(|(event, capacity)| (event.as_str(), capacity.as_str())).collect();
    assert_eq!(
        recorded,
        [("AccountProvisioned", "hr"), ("RoleGranted", "administrator"), ("RoleGranted", "administrator")],
        "each by the right that was used"
    );
}

#[tokio::test]
async fn a_file_that_is_none_is_refused_as_a_whole() {
    let app = App::start().await;
    let hr = app.agent("Hr", &[Role::Hr]).await;
    let before = app.count("AccountProvisioned").await;
    for csv in ["", "name\n", "given_name,family_name,given_name\n"] {
        assert_eq!(slug(&import(&app, &hr, "k", csv).await), "unreadable-file");
    }
    let long = format!("given_name,family_name\n{}", "A,B\n".repeat(101));
    assert_eq!(slug(&import(&app, &hr, "k", &long).await), "unreadable-file");
    let huge = format!("given_name,family_name\n{}", "A,B\n".repeat(100_000));
    assert_eq!(slug(&import(&app, &hr, "k", &huge).await), "payload-too-large");
    let json = app.command(&hr, "/v1/accounts/import", &serde_json::json!({}));
    assert_eq!(slug(&answer(json).await), "unsupported-media-type");
    assert_eq!(app.count("AccountProvisioned").await, before);
}
