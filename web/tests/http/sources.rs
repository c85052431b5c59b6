//! Where requests come from, whatever they say.

use std::collections::HashSet;

use web::{Config, source::Proxies};

use crate::app::{App, generous};

async fn source(app: &App, forwarded_for: &str) -> String {
    let request = app
        .get("/v1/source")
        .header("x-forwarded-for", forwarded_for)
        .header("forwarded", format!("for={forwarded_for}"));
    request.header("x-real-ip", forwarded_for).send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn a_thousand_forged_headers_are_one_source() {
    let app = App::start().await;
    let mut sources = HashSet::new();
    for number in 0..1_000_u32 {
        sources.insert(source(&app, &std::net::Ipv4Addr::from_bits(number << 16).to_string()).await);
    }
    assert_eq!(sources, HashSet::from(["127.0.0.1".to_owned()]));
}

#[tokio::test]
async fn the_word_of_a_configured_proxy_is_taken_from_the_right() {
    let proxies = Proxies { trusted: vec!["127.0.0.1/32".parse().unwrap()], ..Proxies::default() };
    let app = App::start_with(Config { proxies, ..generous() }).await;
    assert_eq!(source(&app, "192.0.2.1, 198.51.100.7").await, "198.51.100.7");
    for garbled in ["a", "", "198.51.100.7, a", &"1".repeat(8_000)] {
        assert_eq!(source(&app, garbled).await, "127.0.0.1", "{garbled}");
    }
}
