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
use tracing::Instrument;

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
    let trace = TraceId::of(request.headers());
    let language = Language::preferred(request.headers());
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let span = tracing::info_span!("request", trace.id = %trace, http.method = %request.method(), http.route = route);
    request.extensions_mut().insert(trace);
    let mut response = next.run(request).instrument(span.clone()).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        span.in_scope(|| log(&problem));
        problem.rewrite(&mut response, language, trace);
    }
    finish(response, trace)
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
