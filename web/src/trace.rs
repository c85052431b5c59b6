//! The id under which one request is found in logs and traces.

use std::{convert::Infallible, fmt};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use data_encoding::HEXLOWER;
use uuid::Uuid;

/// A W3C trace id: 16 bytes, not all zero, shown as 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceId([u8; 16]);

impl TraceId {
    /// The id that a valid `traceparent` header names (W3C Trace Context, section 3.2), else a new one.
    pub fn of(headers: &HeaderMap) -> Self {
        headers
            .get("traceparent")
            .and_then(|value| value.to_str().ok())
            .and_then(Self::parent)
            .unwrap_or_else(Self::random)
    }

    fn random() -> Self {
        Self(Uuid::new_v4().into_bytes())
    }

    fn parent(traceparent: &str) -> Option<Self> {
        let mut fields = traceparent.split('-');
        let (version, trace, parent, flags) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        let hexadecimal =
            |field: &str, length: usize| field.len() == length && HEXLOWER.decode(field.as_bytes()).is_ok();
        let readable = hexadecimal(version, 2) && version != "ff" && hexadecimal(parent, 16) && hexadecimal(flags, 2);
        let bytes: [u8; 16] = HEXLOWER.decode(trace.as_bytes()).ok()?.try_into().ok()?;
        (readable && bytes != [0; 16]).then_some(Self(bytes))
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
        Ok(parts.extensions.get().copied().unwrap_or_else(|| Self::of(&parts.headers)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_valid_traceparent_is_followed() {
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(TraceId::parent(parent).unwrap().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
    }

    #[test]
    fn an_invalid_one_is_not() {
        for parent in [
            "",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        ] {
            assert_eq!(TraceId::parent(parent), None, "{parent}");
        }
    }

    proptest! {
        #[test]
        fn an_id_reads_back(bytes in any::<[u8; 16]>().prop_filter("not all zero", |bytes| *bytes != [0; 16]), parent: u64, flags: u8) {
            let traceparent = format!("00-{}-{parent:016x}-{flags:02x}", TraceId(bytes));
            prop_assert_eq!(TraceId::parent(&traceparent), Some(TraceId(bytes)));
        }

        #[test]
        fn whatever_is_sent_there_is_an_id(value in prop::collection::vec(any::<u8>(), 0..80)) {
            let value = axum::http::HeaderValue::from_bytes(&value).ok();
            let headers = value.map(|value| (axum::http::HeaderName::from_static("traceparent"), value)).into_iter().collect();
            prop_assert_ne!(TraceId::of(&headers).0, [0; 16]);
        }
    }
}
