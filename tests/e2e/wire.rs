//! What no client of a library sends: bytes on a connection.

use crate::process::{Person, Process};
use test_support::Database;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer as it came: its status, whether it is a problem, and its body.
struct Answer {
    status: u16,
    problem: bool,
    body: String,
}

/// Sends a request as it stands, and reads until the connection is closed.
async fn sent(api: &Process, request: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(api.api().trim_start_matches("http://")).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    // Who has sent more than was read is told of the end by a reset.
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").expect(&answer);
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, problem: head.contains("content-type: application/problem+json"), body: body.to_owned() }
}

#[tokio::test]
async fn whatever_can_be_read_is_refused_with_a_problem() {
    let database = Database::new().await;
    let api = Process::start(&database, "up");
    let hr = Person::with_roles(&database, &api, "Camille", "Durand", &["hr", "administrator"]).await;
    let head = |line: &str| {
        format!("{line} HTTP/1.1\r\nHost: portal\r\nConnection: close\r\nAuthorization: Bearer {}\r\n", hr.token)
    };
    let keyed = |key: &[u8], body: &str| {
        let rest = format!("\r\nContent-Type: application/json\r\n{body}");
        [head("POST /v1/accounts").as_bytes(), b"Idempotency-Key: ", key, rest.as_bytes()].concat()
    };
    let empty = "Content-Length: 2\r\n\r\n{}";
    let plain = |line: &str| format!("{}\r\n", head(line)).into_bytes();
    for (what, request, status) in [
        ("a key in UTF-8", keyed("clé".as_bytes(), empty), 422),
        ("a key in Latin-1", keyed(b"cl\xe9", empty), 422),
        ("NUL in an id", plain("GET /v1/accounts/%00"), 422),
        ("no UTF-8 in an id", plain("GET /v1/accounts/%FF"), 400),
        ("NUL in a path", plain("GET /v1/%00"), 404),
        ("NUL in a secret of a path", plain("GET /v1/calendar-feeds/%00"), 404),
        ("NUL in a parameter", plain("GET /v1/accounts?cursor=%00"), 422),
        ("a path of 60 kB", plain(&format!("GET /{}", "a".repeat(60_000))), 404),
        ("a chunk of no length", keyed(b"k", "Transfer-Encoding: chunked\r\n\r\nzz\r\n"), 400),
    ] {
        let answer = sent(&api, &request).await;
        assert_eq!((answer.status, answer.problem), (status, true), "{what}: {}", answer.body);
    }
}

/// What is no HTTP is answered before there is a request: without a body, as problems/malformed-request.md tells.
#[tokio::test]
async fn what_is_no_http_is_refused_and_the_connection_closed() {
    let database = Database::new().await;
    let api = Process::start(&database, "up");
    let headed =
        |line: &str, header: &[u8]| [line.as_bytes(), b" HTTP/1.1\r\nHost: portal\r\n", header, b"\r\n\r\n"].concat();
    let many: String = (0..200).map(|number| format!("X-{number}: a\r\n")).collect();
    for (what, request, status) in [
        ("DEL in a key", headed("POST /v1/accounts", b"Idempotency-Key: a\x7fb"), 400),
        ("NUL in a key", headed("POST /v1/accounts", b"Idempotency-Key: a\0b"), 400),
        ("a length that is no number", headed("POST /v1/sessions", b"Content-Length: abc"), 400),
        ("a length below zero", headed("POST /v1/sessions", b"Content-Length: -1"), 400),
        ("two lengths", headed("POST /v1/sessions", b"Content-Length: 1\r\nContent-Length: 2"), 400),
        ("a blank in a path", headed("GET /a b", b"A: b"), 400),
        ("a path of 70 kB", headed(&format!("GET /{}", "a".repeat(70_000)), b"A: b"), 414),
        ("200 headers", headed("GET /", many.trim_end().as_bytes()), 431),
        ("a header of 600 kB", headed("GET /", &[b"A: ".as_slice(), &[b'a'; 600_000]].concat()), 431),
    ] {
        let answer = sent(&api, &request).await;
        assert_eq!((answer.status, answer.body.as_str()), (status, ""), "{what}");
    }
}
