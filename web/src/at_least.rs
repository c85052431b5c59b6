//! Reads that ask to be at least at a position of the journal.

use std::time::Duration;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use serde::{Deserialize, Serialize};

use crate::{
    kinds::BEHIND,
    language::Text,
    position::Position,
    problem::{Field, Problem},
    query,
};

/// The query parameter that asks the same as `At-Least-Position`.
pub(crate) const AT_LEAST: &str = "at_least";

/// How long a read waits for the position it was asked to be at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wait {
    /// Where the client says nothing, in milliseconds.
    pub default_ms: u64,
    /// The most that `Prefer: wait` obtains, in milliseconds; keep it under the request timeout.
    pub longest_ms: u64,
}

impl Default for Wait {
    fn default() -> Self {
        Self { default_ms: 2_000, longest_ms: 5_000 }
    }
}

/// What a read asks of the read model: the header `At-Least-Position` or the parameter `at_least`, and
/// `Prefer: wait=<seconds>` (RFC 7240, section 4.3).
///
/// # Errors
/// 422 `invalid-field` for a position that is no integer from 0 to 2^63 - 1, or that is given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AtLeast {
    /// The position to reach; none where the client takes what there is.
    pub position: Option<Position>,
    /// Where it is asked for.
    pub asked_by: AskedBy,
    /// How long to wait for it before the answer is [`behind`].
    pub budget: Duration,
}

/// The part of a request that asks for a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedBy {
    /// `At-Least-Position`.
    Header,
    /// The parameter `at_least`.
    Parameter,
    /// The page that a `cursor` goes on from.
    Cursor,
}

impl AskedBy {
    /// What an error about the position names.
    #[must_use]
    pub fn field(self) -> Field {
        match self {
            Self::Header => Field::Header("At-Least-Position".into()),
            Self::Parameter => Field::Query(AT_LEAST.into()),
            Self::Cursor => Field::Query("cursor".into()),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for AtLeast {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let headers = parts.headers.get_all("at-least-position").iter();
        let by_header = headers.map(|value| value.to_str().unwrap_or_default().to_owned()).collect();
        let by_query = query::values(&parts.uri, AT_LEAST);
        let wait = parts.extensions.get::<Wait>().copied().unwrap_or_default();
        let by_header = one(by_header, AskedBy::Header.field())?;
        let by_query = one(by_query, AskedBy::Parameter.field())?;
        Ok(Self {
            position: by_header.max(by_query),
            asked_by: if by_query > by_header { AskedBy::Parameter } else { AskedBy::Header },
            budget: wait.preferred(&parts.headers),
        })
    }
}

fn one(given: Vec<String>, field: Field) -> Result<Option<Position>, Problem> {
    let position = match given.as_slice() {
        [] => return Ok(None),
        [one] => Position::parse(one),
        _ => None,
    };
    let detail = Text::new(
        "attendu : une fois, un entier de 0 à 9223372036854775807",
        "expected once, an integer from 0 to 9223372036854775807",
    );
    position.map(Some).ok_or_else(|| Problem::invalid(field, detail))
}

impl Wait {
    fn preferred(self, headers: &HeaderMap) -> Duration {
        let preferences = headers
            .get_all("prefer")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split([',', ';']));
        let seconds = preferences
            .filter_map(|each| each.trim().strip_prefix("wait="))
            .find_map(|seconds| seconds.parse::<u64>().ok());
        Duration::from_millis(
            seconds.map_or(self.default_ms, |seconds| seconds.saturating_mul(1_000)).min(self.longest_ms),
        )
    }
}

/// 503: the read model is at `at` and did not reach `asked` in time.
pub fn behind(asked: Position, at: Position) -> Problem {
    let detail = Text::made(
        format!("La lecture en est à la position {at}, pas encore à {asked}."),
        format!("The read model is at position {at}, not yet at {asked}."),
    );
    Problem::from(&BEHIND)
        .detail(detail)
        .member("position", at.get())
        .member("asked", asked.get())
        .retry_after(Duration::from_secs(1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    async fn asked(uri: &str, headers: &[(&'static str, &str)]) -> Result<AtLeast, Problem> {
        let mut request = axum::http::Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        AtLeast::from_request_parts(&mut request.body(()).unwrap().into_parts().0, &()).await
    }

    #[tokio::test]
    async fn the_farther_of_header_and_query_counts() {
        let read = asked("/?at_least=7", &[("at-least-position", "9")]).await.unwrap();
        assert_eq!((read.position, read.asked_by), (Position::new(9), AskedBy::Header));
        let read = asked("/?at_least=9", &[("at-least-position", "7")]).await.unwrap();
        assert_eq!((read.position, read.asked_by), (Position::new(9), AskedBy::Parameter));
        assert_eq!(asked("/", &[]).await.unwrap().position, None);
    }

    #[tokio::test]
    async fn the_wait_is_bounded() {
        assert_eq!(asked("/", &[]).await.unwrap().budget, Duration::from_secs(2));
        assert_eq!(asked("/", &[("prefer", "respond-async, wait=1")]).await.unwrap().budget, Duration::from_secs(1));
        assert_eq!(
            asked("/", &[("prefer", "wait=18446744073709551615")]).await.unwrap().budget,
            Duration::from_secs(5)
        );
    }

    #[tokio::test]
    async fn what_is_no_position_is_refused() {
        for uri in [
            "/?at_least=-1",
            "/?at_least=9223372036854775808",
            "/?at_least=",
            "/?at_least=+1",
            "/?at_least=1&at_least=1",
            "/?at_least=1e3",
        ] {
            assert!(asked(uri, &[]).await.is_err(), "{uri}");
        }
    }

    fn read(headers: HeaderMap) -> Result<AtLeast, Problem> {
        let mut request = axum::http::Request::new(());
        *request.headers_mut() = headers;
        let (mut parts, ()) = request.into_parts();
        // Nothing is awaited: the first poll is the last.
        futures::FutureExt::now_or_never(AtLeast::from_request_parts(&mut parts, &())).expect("an answer at once")
    }

    proptest! {
        #[test]
        fn a_position_asked_for_reads_back(position in 0..=i64::MAX as u64, wait: u64) {
            let headers = [("at-least-position", position.to_string()), ("prefer", format!("wait={wait}"))];
            let headers = headers.map(|(name, value)| (axum::http::HeaderName::from_static(name), value.parse().unwrap()));
            let asked = read(headers.into_iter().collect()).unwrap();
            prop_assert_eq!(asked.position, Position::new(position));
            prop_assert!(asked.budget <= Duration::from_millis(Wait::default().longest_ms));
        }

        #[test]
        fn nothing_sent_makes_it_panic(sent in prop::collection::vec(any::<u8>(), 0..40)) {
            let value = axum::http::HeaderValue::from_bytes(&sent).ok();
            let headers = ["at-least-position", "prefer"].map(axum::http::HeaderName::from_static);
            let _ = read(headers.into_iter().zip(value.into_iter().cycle()).collect());
        }
    }
}
