//! JSON bodies, read once and refused with the name of the field.

mod check;
mod document;

use std::time::Duration;

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, EXPECT},
};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;

pub(crate) use document::canonical;

use crate::{
    kinds::{MALFORMED_REQUEST, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE},
    language::Text,
    problem::Problem,
};

/// The longest body that a route reads, in bytes; a layer `Extension(BodyLimit(…))` on a route changes it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyLimit(pub usize);

impl Default for BodyLimit {
    fn default() -> Self {
        Self(16 * 1024)
    }
}

/// How much of a body past the limit is read and dropped, so that the client is still there for the answer.
const DRAINED_BYTES: usize = 16 * 1024 * 1024;
const DRAINED_FOR: Duration = Duration::from_secs(5);

/// A JSON body of type `T`.
///
/// # Errors
/// 415 `unsupported-media-type` without `Content-Type: application/json`; 413 `payload-too-large`; 400
/// `malformed-request` for broken JSON (RFC 8259), invalid UTF-8, or more than 32 levels; 422 `invalid-field`
/// with a JSON Pointer (RFC 6901) for what is no object, a wrong type or value, an unknown, missing or repeated member, or a NUL
/// character. No answer repeats a value that was sent.
#[derive(Clone, Copy, Debug)]
pub struct ValidJson<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for ValidJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        Self::read(&json(request).await?)
    }
}

/// A part of a body that was read as it stands: an object, refused alone as the whole body would be, with pointers from
/// the part on.
///
/// # Errors
/// 422 `invalid-field`, as [`ValidJson`].
pub fn part<T: DeserializeOwned>(part: &serde_json::Value) -> Result<T, Problem> {
    document::parse_object(part.to_string().as_bytes())
}

impl<T: DeserializeOwned> ValidJson<T> {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Problem> {
        document::parse_object(bytes).map(Self)
    }
}

/// The bytes of a JSON body.
pub(crate) async fn json(request: Request) -> Result<Bytes, Problem> {
    let type_is_json = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(is_json);
    if !type_is_json || request.headers().contains_key(CONTENT_ENCODING) {
        let detail = Text::new(
            "Envoyez « Content-Type: application/json », sans compression.",
            "Send `Content-Type: application/json`, uncompressed.",
        );
        return Err(Problem::from(&UNSUPPORTED_MEDIA_TYPE).detail(detail));
    }
    bytes(request).await
}

fn is_json(content_type: &str) -> bool {
    content_type.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// The bytes of a body, at most [`BodyLimit`] of them. One that is announced to be longer is refused before it comes.
///
/// # Errors
/// 413 `payload-too-large`; 400 `malformed-request` where the client stopped in the middle.
pub async fn bytes(request: Request) -> Result<Bytes, Problem> {
    let BodyLimit(limit) = request.extensions().get().copied().unwrap_or_default();
    let announced =
        request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok()).unwrap_or(0);
    // Who waits to be told to go on (RFC 9110, section 10.1.1) sends nothing that would have to be read away.
    let waits = request.headers().contains_key(EXPECT);
    let mut body = request.into_body();
    if announced > limit {
        if !waits {
            tokio::spawn(drain(body));
        }
        return Err(too_large(limit));
    }
    let mut read = Vec::with_capacity(announced);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(interrupted)?.into_data() else { continue };
        if read.len() + data.len() > limit {
            drain(body).await;
            return Err(too_large(limit));
        }
        read.extend_from_slice(&data);
    }
    Ok(read.into())
}

async fn drain(mut body: axum::body::Body) {
    let reading = async {
        let mut left = DRAINED_BYTES;
        while let Some(Ok(frame)) = body.frame().await {
            left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
            if left == 0 {
                return;
            }
        }
    };
    let _gave_up = tokio::time::timeout(DRAINED_FOR, reading).await;
}

fn interrupted(error: axum::Error) -> Problem {
    Problem::from(&MALFORMED_REQUEST)
        .detail(Text::new("Le corps s’interrompt.", "The body breaks off."))
        .caused_by(error)
}

fn too_large(limit: usize) -> Problem {
    let detail = Text::made(format!("Au plus {limit} octets."), format!("At most {limit} bytes."));
    Problem::from(&PAYLOAD_TOO_LARGE).detail(detail).member("limit_bytes", limit)
}
