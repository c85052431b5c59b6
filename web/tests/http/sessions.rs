//! Who calls, by header or by cookie.

use crate::app::{ACCOUNT, App, problem, refusal, status};
use web::csrf::CsrfToken;

#[tokio::test]
async fn the_bearer_of_the_token_is_known() {
    let app = App::start().await;
    let answer = app.get("/v1/me").bearer_auth(app.token.reveal()).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), ACCOUNT.to_string());
    assert_eq!(status(app.post("/v1/me").bearer_auth(app.token.reveal())).await, 200);
}

#[tokio::test]
async fn a_cookie_needs_the_csrf_token_for_unsafe_methods() {
    let app = App::start().await;
    let cookie = format!("__Host-session={}", app.token.reveal());
    assert_eq!(status(app.get("/v1/me").header("cookie", &cookie)).await, 200);
    assert_eq!(refusal(app.post("/v1/me").header("cookie", &cookie)).await, "cross-site-request");
    let csrf = CsrfToken::of(&app.token);
    assert_eq!(status(app.post("/v1/me").header("cookie", &cookie).header("x-csrf-token", csrf.as_str())).await, 200);
    assert_eq!(
        refusal(app.post("/v1/me").header("cookie", &cookie).header("x-csrf-token", "x")).await,
        "cross-site-request"
    );
}

#[tokio::test]
async fn another_site_is_refused_whatever_it_brings() {
    let app = App::start().await;
    let post = || app.post("/v1/me").bearer_auth(app.token.reveal());
    assert_eq!(refusal(post().header("sec-fetch-site", "cross-site")).await, "cross-site-request");
    assert_eq!(refusal(post().header("origin", "https://evil.example")).await, "cross-site-request");
    assert_eq!(status(post().header("origin", format!("http://{}", app.address()))).await, 200);
}

#[tokio::test]
async fn without_an_open_session_every_answer_is_the_same() {
    let app = App::start().await;
    let other = web::token::SessionToken::new().unwrap().reveal();
    let long = "a".repeat(8_000);
    let stranger = problem(app.get("/v1/me")).await;
    assert_eq!(stranger["type"], "/problems/not-signed-in");
    for cookie in [
        "__Host-session",
        "__Host-session=",
        "__Host-session=%00",
        "=;;;=",
        "\u{1}",
        &long,
        &format!("__Host-session={other}"),
    ] {
        let Ok(cookie) = reqwest::header::HeaderValue::from_bytes(cookie.as_bytes()) else { continue };
        assert_eq!(problem(app.get("/v1/me").header("cookie", cookie)).await, stranger);
    }
    for bearer in ["", "x", &long, &other, &format!("{} ", &other[1..])] {
        assert_eq!(problem(app.get("/v1/me").header("authorization", format!("Bearer {bearer}"))).await, stranger);
    }
    let challenge = app.get("/v1/me").send().await.unwrap();
    assert_eq!(challenge.headers()["www-authenticate"], "Bearer");
}
