//! Pages, versions, positions, formats and streams.

use serde_json::{Value, json};

use crate::app::{ACCOUNT, App, refusal, status};
use web::kinds::UNAVAILABLE;

#[tokio::test]
async fn links_lead_through_all_pages_once() {
    let app = App::start().await;
    let (mut path, mut read) = ("/v1/numbers?limit=2".to_owned(), Vec::new());
    loop {
        let response = app.get(&path).send().await.unwrap();
        let link = response.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
        let page: Value = response.json().await.unwrap();
        read.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else { break };
        assert_eq!(link.unwrap(), format!("<{next}>; rel=\"next\""));
        path = next.to_owned();
    }
    assert_eq!(json!(read), json!([1, 2, 3, 4, 5]));
}

#[tokio::test]
async fn bad_parameters_are_named() {
    let app = App::start().await;
    let cursor = "invalid-field: query cursor: expected the cursor of a page of this list";
    let limit = "invalid-field: query limit: expected an integer from 1 to 200";
    let huge = format!("cursor={}", "A".repeat(4_000));
    for (query, said) in [
        ("limit=0", limit),
        ("limit=-1", limit),
        ("limit=99999999999999999999", limit),
        ("limit=ten", limit),
        ("cursor=-1", cursor),
        ("cursor=garbled", cursor),
        (huge.as_str(), cursor),
        ("cursor=", cursor),
        ("colour=red", "invalid-field: query colour: unknown field"),
        ("limit=1&limit=2", "invalid-field: query limit: given twice"),
        ("limit=%ff", "malformed-request"),
    ] {
        assert_eq!(refusal(app.get(&format!("/v1/numbers?{query}"))).await, said, "{query}");
    }
}

#[tokio::test]
async fn impossible_ids_are_named() {
    let app = App::start().await;
    assert_eq!(refusal(app.get("/v1/accounts/hunter2")).await, "invalid-field: path id: expected a UUID");
    assert_eq!(refusal(app.get("/v1/accounts/%ff")).await, "malformed-request");
    let factor = format!("/v1/accounts/{ACCOUNT}/factors");
    assert_eq!(
        refusal(app.get(&format!("{factor}/300"))).await,
        "invalid-field: path number: expected an integer from 0 to 255"
    );
    assert_eq!(refusal(app.get("/v1/accounts/x/factors/3")).await, "invalid-field: path id: expected a UUID");
    assert_eq!(status(app.get(&format!("{factor}/3"))).await, 200);
}

#[tokio::test]
async fn a_known_version_is_not_sent_again() {
    let app = App::start().await;
    let path = format!("/v1/accounts/{ACCOUNT}");
    let first = app.get(&path).send().await.unwrap();
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(first.headers()["cache-control"], "private, no-cache");
    let again = app.get(&path).header("if-none-match", &tag).send().await.unwrap();
    assert_eq!((again.status().as_u16(), again.headers()["etag"].to_str().unwrap()), (304, tag.as_str()));
    assert!(again.bytes().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_read_can_ask_to_be_at_a_position() {
    let app = App::start().await;
    assert_eq!(status(app.get("/v1/at-least?at_least=10")).await, 200);
    assert_eq!(refusal(app.get("/v1/at-least").header("at-least-position", "11")).await, "behind");
    let said = "expected once, an integer from 0 to 9223372036854775807";
    for bad in ["-1", "9223372036854775808", "x", ""] {
        assert_eq!(
            refusal(app.get(&format!("/v1/at-least?at_least={bad}"))).await,
            format!("invalid-field: query at_least: {said}")
        );
    }
    assert_eq!(
        refusal(app.get("/v1/at-least").header("at-least-position", "1.5")).await,
        format!("invalid-field: header At-Least-Position: {said}")
    );
}

#[tokio::test]
async fn a_list_comes_in_the_format_asked_for() {
    let app = App::start().await;
    let export =
        async |accept: &str| app.get("/v1/export").header("accept", accept).send().await.unwrap().text().await.unwrap();
    assert_eq!(export("text/csv").await, "name,attempts\r\n'=cmd,1\r\na\\u{202e}b,2\r\nmartin,3\r\n");
    assert_eq!(export("application/x-ndjson").await.lines().count(), 3);
    assert_eq!(export("*/*").await, "one page");
    assert_eq!(refusal(app.get("/v1/export").header("accept", "image/png")).await, "not-acceptable");
}

#[tokio::test]
async fn a_broken_export_cannot_be_taken_for_the_whole() {
    let app = App::start().await;
    let read = async { app.get("/v1/export/broken").send().await?.bytes().await };
    assert!(read.await.is_err());
}

#[tokio::test]
async fn an_event_stream_goes_on_after_the_last_id_and_ends_with_its_problem() {
    let app = App::start().await;
    let response = app.get("/v1/events").header("last-event-id", "2").send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let events = response.text().await.unwrap();
    let (read, problem) = events.split_once("event: problem\ndata: ").unwrap();
    assert_eq!(read, "retry: 2000\n\nid: 3\nevent: attempt\ndata: {\"number\":3}\n\n");
    assert_eq!(serde_json::from_str::<Value>(problem).unwrap()["type"], "/problems/unavailable");
    assert_eq!(
        refusal(app.get("/v1/events").header("last-event-id", "x")).await,
        "invalid-field: header Last-Event-ID: expected the id of an event of this stream"
    );
    for (preferred, title) in [("fr", UNAVAILABLE.title_fr), ("en", UNAVAILABLE.title_en)] {
        let events = app.get("/v1/events").header("accept-language", preferred).send().await.unwrap();
        let events = events.text().await.unwrap();
        let (_, problem) = events.split_once("event: problem\ndata: ").unwrap();
        assert_eq!(serde_json::from_str::<Value>(problem).unwrap()["title"], title);
    }
}
