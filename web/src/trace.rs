//! The id under which one request is found in logs and traces.

use std::{convert::Infallible, fmt};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use data_encoding::HEXLOWER;
use opentelemetry::{
    Context, SpanId, TraceFlags,
    trace::{SpanContext, TraceContextExt, TraceState},
};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use uuid::Uuid;

/// A W3C trace id: 16 bytes, not all zero, shown as 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceId([u8; 16]);

impl TraceId {
    /// The id that a valid `traceparent` header names (W3C Trace Context, section 3.2), and `span` goes on with; else
    /// the one that `span` is exported under; a new one where spans are not exported.
    pub(crate) fn continued(headers: &HeaderMap, span: &Span) -> Self {
        if let Some(parent) = parent(headers) {
            let trace = Self(parent.trace_id().to_bytes());
            // Where no collector is configured there is no layer that takes a parent.
            let _ = span.set_parent(Context::new().with_remote_span_context(parent));
            return trace;
        }
        let exported = span.context().span().span_context().trace_id();
        if exported == opentelemetry::TraceId::INVALID { Self::random() } else { Self(exported.to_bytes()) }
    }

    fn random() -> Self {
        Self(Uuid::new_v4().into_bytes())
    }

    /// The same 16 bytes as a URN, the `instance` of a problem (RFC 9457, section 3.1.5).
    pub fn urn(self) -> String {
        Uuid::from_bytes(self.0).urn().to_string()
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl<S: Sync> FromRequestParts<S> for TraceId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or_else(Self::random))
    }
}

fn parent(headers: &HeaderMap) -> Option<SpanContext> {
    headers.get("traceparent").and_then(|value| value.to_str().ok()).and_then(parsed)
}

fn parsed(traceparent: &str) -> Option<SpanContext> {
    let mut fields = traceparent.split('-');
    let (version, trace, parent, flags) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let [version] = bytes(version)?;
    let [flags] = bytes(flags)?;
    let trace = opentelemetry::TraceId::from_bytes(bytes(trace)?);
    let parent = SpanId::from_bytes(bytes(parent)?);
    let context = SpanContext::new(trace, parent, TraceFlags::new(flags), true, TraceState::NONE);
    (version != 0xff && context.is_valid()).then_some(context)
}

/// Lower-case hexadecimal digits of exactly `N` bytes.
fn bytes<const N: usize>(digits: &str) -> Option<[u8; N]> {
    HEXLOWER.decode(digits.as_bytes()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_valid_traceparent_is_followed() {
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(parsed(parent).unwrap().trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
    }

    #[test]
    fn an_invalid_one_is_not() {
        for parent in [
            "",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        ] {
            assert_eq!(parsed(parent), None, "{parent}");
        }
    }

    proptest! {
        #[test]
        fn an_id_reads_back(
            bytes in any::<[u8; 16]>().prop_filter("not all zero", |bytes| *bytes != [0; 16]),
            parent in 1..=u64::MAX,
            flags: u8,
        ) {
            let read = parsed(&format!("00-{}-{parent:016x}-{flags:02x}", TraceId(bytes))).unwrap();
            prop_assert_eq!(read.trace_id().to_bytes(), bytes);
            prop_assert_eq!(read.span_id().to_bytes(), parent.to_be_bytes());
        }

        #[test]
        fn whatever_is_sent_there_is_an_id(value in prop::collection::vec(any::<u8>(), 0..80)) {
            let value = axum::http::HeaderValue::from_bytes(&value).ok();
            let headers = value.map(|value| (axum::http::HeaderName::from_static("traceparent"), value)).into_iter().collect();
            prop_assert_ne!(TraceId::continued(&headers, &Span::none()).0, [0; 16]);
        }
    }
}
