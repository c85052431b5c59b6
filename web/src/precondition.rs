//! Answers that say what they are a version of, and requests that depend on it (RFC 9110, section 13).

use std::{convert::Infallible, fmt::Display};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, StatusCode, header::CACHE_CONTROL, request::Parts},
    response::{IntoResponse, Response},
};
use data_encoding::BASE64URL_NOPAD;
pub use headers::ETag;
use headers::{HeaderMapExt, IfMatch, IfNoneMatch};
use sha2::{Digest, Sha256};

use crate::{kinds::PRECONDITION_FAILED, position::Position, problem::Problem};

/// A strong tag of these bytes.
///
/// # Errors
/// None in practice: the tag is base64url.
pub fn tag_of_bytes(bytes: &[u8]) -> Result<ETag, Problem> {
    tag(BASE64URL_NOPAD.encode(&Sha256::digest(bytes)))
}

/// A strong tag of what a projection of that version shows at that position. A caller whose view depends on who
/// he is puts that into `variant`.
///
/// # Errors
/// `variant` holds a character that no tag may hold.
pub fn tag_of_position(projection_version: u32, position: Position, variant: impl Display) -> Result<ETag, Problem> {
    tag(format!("{projection_version}-{position}-{variant}"))
}

/// The tag of an answer, if it has one.
pub fn tag_of(answer: &Response) -> Option<ETag> {
    answer.headers().typed_get()
}

fn tag(opaque: String) -> Result<ETag, Problem> {
    format!("\"{opaque}\"").parse().map_err(Problem::internal)
}

/// `If-Match` and `If-None-Match` of a request.
#[derive(Clone, Debug, Default)]
pub struct Preconditions {
    if_match: Option<IfMatch>,
    if_none_match: Option<IfNoneMatch>,
}

impl Preconditions {
    fn of(headers: &HeaderMap) -> Self {
        Self { if_match: headers.typed_get(), if_none_match: headers.typed_get() }
    }

    /// Whether the client has this version already, so that [`not_modified`] will do; weak comparison.
    pub fn is_fresh(&self, tag: &ETag) -> bool {
        self.if_none_match.as_ref().is_some_and(|none| !none.precondition_passes(tag))
    }

    /// Goes on only with what the client knows; strong comparison.
    ///
    /// # Errors
    /// 412 `precondition-failed`.
    pub fn require(&self, tag: &ETag) -> Result<(), Problem> {
        let passes = self.if_match.as_ref().is_none_or(|required| required.precondition_passes(tag));
        if passes { Ok(()) } else { Err(Problem::from(&PRECONDITION_FAILED)) }
    }

    /// The answer under its tag, or 304 where the client has it.
    pub fn answer(&self, tag: ETag, answer: impl IntoResponse) -> Response {
        if self.is_fresh(&tag) { not_modified(tag) } else { tagged(tag, answer.into_response()) }
    }
}

impl<S: Sync> FromRequestParts<S> for Preconditions {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

/// 304 (RFC 9110, section 15.4.5).
pub fn not_modified(tag: ETag) -> Response {
    tagged(tag, StatusCode::NOT_MODIFIED.into_response())
}

/// The client may keep it for itself, and asks each time whether it still holds (RFC 9111, section 5.2.2.4).
fn tagged(tag: ETag, mut response: Response) -> Response {
    response.headers_mut().typed_insert(tag);
    response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    response
}

#[cfg(test)]
mod tests {
    use axum::http::header::{IF_MATCH, IF_NONE_MATCH};

    use proptest::prelude::*;

    use super::*;

    fn given(name: axum::http::HeaderName, value: &str) -> Preconditions {
        Preconditions::of(&HeaderMap::from_iter([(name, value.parse().unwrap())]))
    }

    #[test]
    fn a_known_tag_is_not_sent_again() {
        let tag = tag_of_position(1, Position::new(42).unwrap(), "all").unwrap();
        for known in ["\"1-42-all\"", "W/\"1-42-all\"", "\"x\", \"1-42-all\"", "*"] {
            assert_eq!(given(IF_NONE_MATCH, known).answer(tag.clone(), "body").status(), 304, "{known}");
        }
        for unknown in ["\"1-41-all\"", "1-42-all", "", "\""] {
            assert_eq!(given(IF_NONE_MATCH, unknown).answer(tag.clone(), "body").status(), 200, "{unknown}");
        }
    }

    #[test]
    fn what_has_changed_is_not_touched() {
        let tag = tag_of_bytes(b"now").unwrap();
        assert!(given(IF_MATCH, "\"before\"").require(&tag).is_err());
        assert!(given(IF_MATCH, "*").require(&tag).is_ok());
        assert!(Preconditions::default().require(&tag).is_ok());
    }

    #[test]
    fn different_bytes_have_different_tags() {
        assert_ne!(tag_of_bytes(b"a").unwrap(), tag_of_bytes(b"b").unwrap());
    }

    proptest! {
        #[test]
        fn nothing_sent_makes_it_panic(bytes: Vec<u8>, sent in prop::collection::vec(any::<u8>(), 0..80)) {
            let tag = tag_of_bytes(&bytes).unwrap();
            for name in [IF_MATCH, IF_NONE_MATCH] {
                let headers = HeaderValue::from_bytes(&sent).ok().map(|value| (name, value)).into_iter().collect();
                let given = Preconditions::of(&headers);
                let _ = (given.is_fresh(&tag), given.require(&tag).is_ok());
            }
        }
    }
}
