//! Too many, too long, too slow, and what is not there.

use std::{convert::Infallible, num::NonZeroU32};

use futures::{StreamExt, stream};
use web::{
    Config,
    rate::{Rate, RateLimits},
};

use crate::app::{App, generous, problem, refusal, status};

#[tokio::test]
async fn a_source_that_sends_too_much_is_told_when_to_come_back() {
    let rate = Rate { per_second: NonZeroU32::MIN, burst: NonZeroU32::new(2).unwrap() };
    let config = Config { rate_limits: RateLimits { source: rate, ..RateLimits::default() }, ..Config::default() };
    let app = App::start_with(config).await;
    assert_eq!((status(app.get("/v1/source")).await, status(app.get("/v1/source")).await), (200, 200));
    let refused = app.get("/v1/source").send().await.unwrap();
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()), (429, "1"));
    assert_eq!(refusal(app.get("/v1/source")).await, "too-many-requests");
}

#[tokio::test]
async fn past_capacity_requests_are_refused_at_once() {
    let app = App::start_with(Config { concurrent_requests: 1, ..generous() }).await;
    let held = tokio::spawn(app.get("/v1/hold").send());
    while status(app.get("/v1/source")).await != 503 {
        tokio::task::yield_now().await;
    }
    let refused = app.get("/v1/source").send().await.unwrap();
    assert_eq!(refused.headers()["retry-after"], "1");
    app.gate.add_permits(1);
    assert_eq!(held.await.unwrap().unwrap().status(), 200);
    assert_eq!(status(app.get("/v1/source")).await, 200);
}

#[tokio::test]
async fn a_slow_answer_is_given_up() {
    let app = App::start_with(Config { request_timeout_ms: 50, ..Config::default() }).await;
    let unkeyed = problem(app.get("/v1/hold")).await;
    assert_eq!(unkeyed["type"], "/problems/request-timeout");
    assert!(!unkeyed["detail"].as_str().unwrap().contains("idempotence"), "{unkeyed}");
    let keyed = problem(app.get("/v1/hold").header("idempotency-key", "k")).await;
    assert!(keyed["detail"].as_str().unwrap().contains("idempotence"), "{keyed}");
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up() {
    let app = App::start_with(Config { request_timeout_ms: 50, ..generous() }).await;
    let begun = stream::iter([Ok::<_, Infallible>("{")]).chain(stream::pending());
    assert_eq!(
        refusal(app.post_json("/v1/leave-requests", reqwest::Body::wrap_stream(begun))).await,
        "request-timeout"
    );
}

#[tokio::test]
async fn a_panic_is_an_internal_problem_and_the_server_lives() {
    let app = App::start().await;
    let body = problem(app.get("/v1/panic")).await;
    assert_eq!((&body["type"], body.get("detail")), (&"/problems/internal".into(), None));
    assert_eq!(status(app.get("/v1/source")).await, 200);
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    let app = App::start().await;
    assert_eq!(refusal(app.get("/v1/nowhere")).await, "not-found");
    let refused = app.post("/v1/source").send().await.unwrap();
    assert_eq!((refused.status().as_u16(), refused.headers()["allow"].to_str().unwrap()), (405, "GET,HEAD"));
    assert_eq!(refusal(app.post("/v1/source")).await, "method-not-allowed");
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_protect_it() {
    let app = App::start().await;
    for path in ["/v1/source", "/v1/nowhere", "/v1/panic"] {
        let headers = app.get(path).send().await.unwrap().headers().clone();
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["content-security-policy"], "default-src 'none'; frame-ancestors 'none'");
        assert_eq!(headers["x-request-id"], "4bf92f3577b34da6a3ce929d0e0e4736");
    }
}

#[tokio::test]
async fn the_cause_of_a_fault_stays_here() {
    let body = problem(App::start().await.get("/v1/fault")).await.to_string();
    assert!(!body.contains("hunter2") && !body.contains("cause"), "{body}");
}
