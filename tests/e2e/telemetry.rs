//! What a collector of OpenTelemetry is sent.

use crate::process::{Person, Process};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::ResourceSpans;
use prost::Message;
use std::sync::{Arc, Mutex};
use test_support::Database;

type Received = Arc<Mutex<Vec<ResourceSpans>>>;

/// A collector that keeps what it is sent, and its endpoint.
async fn collector() -> (Received, String) {
    let received = Received::default();
    let keep = async |State(received): State<Received>, body: Bytes| {
        let request = ExportTraceServiceRequest::decode(body).expect("OTLP over HTTP, in protobuf");
        received.lock().unwrap().extend(request.resource_spans);
    };
    let routes = Router::new().route("/v1/traces", post(keep)).with_state(Arc::clone(&received));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}/v1/traces", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (received, endpoint)
}

#[tokio::test]
async fn spans_reach_a_collector_under_the_callers_trace_and_without_secrets() {
    const TRACE: [u8; 16] = *b"0123456789abcdef";
    let (received, endpoint) = collector().await;
    let database = Database::new().await;
    let api = Process::start_set(&database, "up", &[("INTRAPARIS_TELEMETRY__OTLP_ENDPOINT", &endpoint)]);
    let agent = Person::with_roles(&database, &api, "Yves", "Noir", &[]).await;
    let [trace, parent] = [&TRACE[..], &TRACE[..8]].map(|id| data_encoding::HEXLOWER.encode(id));
    let traced = format!("00-{trace}-{parent}-01");
    let untraced = api.get("/v1/me").send().await.unwrap();
    let request_id = untraced.headers()["x-request-id"].to_str().unwrap().to_owned();
    let me = agent.get(&api, "/v1/me").header("traceparent", traced).send().await.unwrap();
    assert!(me.status().is_success());
    // The last spans are sent before the process ends.
    let (status, log) = tokio::task::spawn_blocking(move || api.stop()).await.unwrap();
    assert!(status.success(), "{log}");

    let received = received.lock().unwrap();
    let resource = format!("{:?}", received.first().expect("spans").resource);
    assert!(resource.contains("service.name") && resource.contains("intraparis"), "{resource}");
    let spans: Vec<_> = received.iter().flat_map(|of| &of.scope_spans).flat_map(|of| &of.spans).collect();
    let names: Vec<&str> = spans.iter().map(|span| span.name.as_str()).collect();
    let traced = spans.iter().find(|span| span.trace_id == TRACE).unwrap_or_else(|| panic!("{names:?}"));
    assert_eq!((traced.name.as_str(), &traced.parent_span_id[..]), ("GET /v1/me", &TRACE[..8]));
    let request = data_encoding::HEXLOWER.decode(request_id.as_bytes()).unwrap();
    assert!(spans.iter().any(|span| span.trace_id == request), "the id that an answer names is that of its trace");
    let all = format!("{spans:?}");
    for secret in [&agent.password, &agent.token] {
        assert!(!all.contains(secret.as_str()), "{secret} in a span");
    }
}
