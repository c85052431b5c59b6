//! The outermost layer: the request's id, the language of its problem, the headers of every answer.

use axum::{
    extract::{MatchedPath, Request},
    http::{
        HeaderName, HeaderValue,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
    },
    middleware::Next,
    response::Response,
};
use tracing::{Instrument, field::Empty};

use crate::{language::Language, problem::Problem, trace::TraceId};

/// The response header that names the request in our logs.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Set where the handler did not choose otherwise.
const DEFAULTS: [(HeaderName, &str); 5] = [
    (CACHE_CONTROL, "no-store"),
    (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

pub(crate) async fn edge(mut request: Request, next: Next) -> Response {
    let language = Language::preferred(request.headers());
    let span = span(&request);
    let trace = TraceId::continued(request.headers(), &span);
    span.record("trace.id", trace.to_string());
    request.extensions_mut().insert(trace);
    let mut response = next.run(request).instrument(span.clone()).await;
    span.record("http.response.status_code", response.status().as_u16());
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        span.in_scope(|| log(&problem));
        problem.rewrite(&mut response, language, trace);
    }
    finish(response, trace)
}

/// Named as OpenTelemetry's semantic conventions for HTTP servers name it.
fn span(request: &Request) -> tracing::Span {
    let method = request.method();
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let name = route.map_or_else(|| method.to_string(), |route| format!("{method} {route}"));
    tracing::info_span!(
        "request",
        otel.name = name,
        otel.kind = "server",
        trace.id = Empty,
        http.request.method = %method,
        http.route = route,
        http.response.status_code = Empty,
    )
}

fn log(problem: &Problem) {
    let cause = problem.causes();
    if problem.kind().status.is_server_error() {
        tracing::error!(problem.kind = problem.kind().slug, problem.cause = cause, "request failed");
    } else {
        tracing::debug!(problem.kind = problem.kind().slug, problem.cause = cause, "request refused");
    }
}

fn finish(mut response: Response, trace: TraceId) -> Response {
    let headers = response.headers_mut();
    for (name, value) in DEFAULTS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Ok(id) = HeaderValue::try_from(trace.to_string()) {
        headers.insert(REQUEST_ID, id);
    }
    response
}
