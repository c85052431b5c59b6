//! Bodies that a client should not have sent.

use insta::assert_json_snapshot;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::{App, problem, refusal, status, ten_megabytes_in_chunks};

const LEAVE: &str = r#"{"agent":"martin","days":[{"half_days":1}]}"#;

#[tokio::test]
async fn a_good_body_is_recorded() {
    let app = App::start().await;
    let response = app.post_json("/v1/leave-requests", LEAVE).send().await.unwrap();
    assert_eq!(response.status(), 201);
    assert_eq!(response.headers()["journal-position"], "42");
    assert_eq!(response.text().await.unwrap(), r#"{"position":42,"agent":"martin","days":1}"#);
}

#[tokio::test]
async fn each_fault_has_its_kind_and_place() {
    let app = App::start().await;
    let deep = "[".repeat(8_000);
    for (body, said) in [
        (r#"{"agent":"#.as_bytes(), "malformed-request"),
        (b"", "malformed-request"),
        (b"{\"agent\":\"\xff\xfe\",\"days\":[]}", "malformed-request"),
        (deep.as_bytes(), "malformed-request"),
        (br#"{"agent":"a\u0000","days":[]}"#, "invalid-field: pointer /agent: contains the NUL character"),
        (br#"{"agent":"a","agent":"b","days":[]}"#, "invalid-field: pointer /agent: given twice"),
        (br#"{"agent":["a","b"],"days":[]}"#, "invalid-field: pointer /agent: expected a string"),
        (
            br#"{"agent":"a","days":[{"half_days":1e3}]}"#,
            "invalid-field: pointer /days/0/half_days: expected an integer from 0 to 255",
        ),
        (br#"{"agent":"a","days":[],"role":"administrator"}"#, "invalid-field: pointer /role: unknown field"),
        (br#"{"days":[]}"#, "invalid-field: pointer /agent: required"),
    ] {
        assert_eq!(refusal(app.post_json("/v1/leave-requests", body.to_vec())).await, said);
    }
}

#[tokio::test]
async fn other_media_types_are_refused() {
    let app = App::start().await;
    let post = || app.post("/v1/leave-requests").body(LEAVE);
    assert_eq!(refusal(post()).await, "unsupported-media-type");
    assert_eq!(refusal(post().header("content-type", "text/plain")).await, "unsupported-media-type");
    assert_eq!(
        refusal(app.post_json("/v1/leave-requests", LEAVE).header("content-encoding", "gzip")).await,
        "unsupported-media-type"
    );
    assert_eq!(status(post().header("content-type", "Application/JSON; charset=utf-8")).await, 201);
}

#[tokio::test]
async fn ten_megabytes_are_refused_and_the_client_hears_it() {
    let app = App::start().await;
    for _ in 0..5 {
        assert_eq!(refusal(app.post_json("/v1/leave-requests", vec![b'1'; 10_000_000])).await, "payload-too-large");
        assert_eq!(refusal(app.post_json("/v1/leave-requests", ten_megabytes_in_chunks())).await, "payload-too-large");
    }
}

#[tokio::test]
async fn what_is_announced_to_be_too_long_is_refused_before_it_comes() {
    let app = App::start().await;
    for expect in ["", "Expect: 100-continue\r\n"] {
        let mut client = TcpStream::connect(app.address()).await.unwrap();
        let head = format!(
            "POST /v1/leave-requests HTTP/1.1\r\nHost: portal\r\nContent-Type: application/json\r\n{expect}Content-Length: 10000000\r\n\r\n"
        );
        client.write_all(head.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        client.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 413", "{expect}");
    }
}

#[tokio::test]
async fn the_answer_never_repeats_what_was_sent() {
    let app = App::start().await;
    for body in [
        r#"{"agent":{"p":"hunter2"},"days":"hunter2"}"#,
        r#"{"agent":"a","days":["hunter2"]}"#,
        r#"hunter2"#,
        r#""hunter2""#,
    ] {
        let answer = problem(app.post_json("/v1/leave-requests", body)).await;
        assert!(!answer.to_string().contains("hunter2"), "{answer}");
    }
}

#[tokio::test]
async fn problems_read_as_documented() {
    let app = App::start().await;
    let wrong = || app.post_json("/v1/leave-requests", r#"{"agent":7,"days":[]}"#);
    assert_json_snapshot!("invalid_field_in_french", problem(wrong()).await);
    assert_json_snapshot!("invalid_field_in_english", problem(wrong().header("accept-language", "en, fr;q=0.5")).await);
    assert_json_snapshot!("malformed_request", problem(app.post_json("/v1/leave-requests", "{")).await);
    assert_json_snapshot!("payload_too_large", problem(app.post_json("/v1/leave-requests", vec![b' '; 20_000])).await);
    assert_json_snapshot!("internal", problem(app.get("/v1/fault")).await);
    assert_json_snapshot!("behind", problem(app.get("/v1/at-least?at_least=11")).await);
}

#[tokio::test]
async fn a_command_has_a_key_and_a_fingerprint() {
    let app = App::start().await;
    let send =
        |key: &'static str, body: &'static str| app.post_json("/v1/commands", body).header("idempotency-key", key);
    let said = async |key, body| send(key, body).send().await.unwrap().text().await.unwrap();
    let respelled = r#"{ "days": [{"half_days": 1}], "agent": "martin" }"#;
    assert_eq!(said("\"a\"", LEAVE).await, said("a", respelled).await);
    assert_ne!(said("a", LEAVE).await, said("a", r#"{"agent":"durand","days":[{"half_days":1}]}"#).await);
    assert_eq!(refusal(app.post_json("/v1/commands", LEAVE)).await, "idempotency-key-missing");
    let twice = send("a", LEAVE).header("idempotency-key", "a");
    assert_eq!(
        refusal(twice).await,
        "invalid-field: header Idempotency-Key: expected once, 1 to 128 printable ASCII characters"
    );
}
