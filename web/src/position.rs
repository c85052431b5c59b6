//! Places in the journal, and the answer of a write, which carries its own.

use std::fmt;

use axum::{
    Json,
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::ToSchema;

use crate::explain::Expected;

/// The response header of a write.
pub const JOURNAL_POSITION: HeaderName = HeaderName::from_static("journal-position");

const EXPECTED: Expected = Expected("un entier de 0 à 9223372036854775807", "an integer from 0 to 9223372036854775807");

/// The place of an event in the journal's one dense order: 0 is before the first event, at most 2^63 - 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[schema(value_type = i64, minimum = 0)]
pub struct Position(u64);

impl Position {
    /// Takes what PostgreSQL's `bigint` can hold.
    pub fn new(position: u64) -> Option<Self> {
        i64::try_from(position).is_ok().then_some(Self(position))
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Reads decimal digits, at most 19 of them and no sign.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = (1..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok().and_then(Self::new)).flatten()
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let invalid = || de::Error::invalid_value(de::Unexpected::Other("another value"), &EXPECTED);
        u64::deserialize(deserializer).ok().and_then(Self::new).ok_or_else(invalid)
    }
}

/// The answer of a write: `position` in the body beside what `T` says, and in `Journal-Position`.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Recorded<T> {
    #[serde(skip)]
    status: StatusCode,
    /// Where the write's last event stands; give it to a read as `At-Least-Position` to see the write.
    position: Position,
    #[serde(flatten)]
    body: T,
}

impl<T> Recorded<T> {
    /// 201 (RFC 9110, section 15.3.2): the write made something.
    pub const fn created(position: Position, body: T) -> Self {
        Self { status: StatusCode::CREATED, position, body }
    }

    /// 200: the write changed something.
    pub const fn done(position: Position, body: T) -> Self {
        Self { status: StatusCode::OK, position, body }
    }
}

impl<T: Serialize> IntoResponse for Recorded<T> {
    fn into_response(self) -> Response {
        let position = HeaderValue::from(self.position.get());
        (self.status, [(JOURNAL_POSITION, position)], Json(self)).into_response()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_write_without_more_to_say_answers_its_position() {
        assert_eq!(serde_json::to_string(&Recorded::done(Position(7), ())).unwrap(), r#"{"position":7}"#);
    }

    proptest! {
        #[test]
        fn a_position_reads_back(number in 0..=i64::MAX as u64) {
            prop_assert_eq!(Position::parse(&number.to_string()), Position::new(number));
            prop_assert_eq!(serde_json::from_str::<Position>(&number.to_string()).ok(), Position::new(number));
        }

        #[test]
        fn past_the_last_there_is_none(number in i64::MAX as u64 + 1..) {
            prop_assert_eq!(Position::parse(&number.to_string()), None);
            prop_assert!(serde_json::from_str::<Position>(&number.to_string()).is_err());
        }
    }
}
