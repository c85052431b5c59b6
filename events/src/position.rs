//! Where an event stands: in the whole journal, and in its stream.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A position in the journal: 1 for the first event, dense, and in the order in which events became visible.
/// 0 is before all events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Position(i64);

/// A text or number that is not a position.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a position is a whole number from 0 to 9223372036854775807")]
pub struct InvalidPosition;

impl Position {
    /// Before the first event.
    pub const START: Self = Self(0);

    /// The position with this number.
    ///
    /// # Errors
    /// [`InvalidPosition`] below 0.
    pub const fn new(number: i64) -> Result<Self, InvalidPosition> {
        if number < 0 { Err(InvalidPosition) } else { Ok(Self(number)) }
    }

    /// The number, from 0.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// How many events lie after `earlier`, up to and with this one; 0 when this is not later.
    #[must_use]
    pub fn events_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0).max(0).unsigned_abs()
    }
}

impl TryFrom<i64> for Position {
    type Error = InvalidPosition;

    fn try_from(number: i64) -> Result<Self, InvalidPosition> {
        Self::new(number)
    }
}

impl From<Position> for i64 {
    fn from(position: Position) -> Self {
        position.get()
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Position {
    type Err = InvalidPosition;

    fn from_str(text: &str) -> Result<Self, InvalidPosition> {
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidPosition);
        }
        text.parse().map_or(Err(InvalidPosition), Self::new)
    }
}

/// How many events a stream holds; the version of a stream that nobody wrote to is 0.
///
/// 31 bits, since `esrs` counts with an `i32`: a stream of two thousand million events is past any use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub i32);

impl Version {
    /// The version of a stream without events.
    pub const NONE: Self = Self(0);
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn signs_spaces_and_overflow_are_not_positions() {
        for text in ["", "-1", "+1", " 1", "1.0", "9223372036854775808", "१"] {
            assert!(text.is_empty() || text.parse::<Position>().is_err(), "{text}");
        }
        assert!("".parse::<Position>().is_err());
        assert_eq!("9223372036854775807".parse::<Position>().map(Position::get), Ok(i64::MAX));
    }

    proptest! {
        #[test]
        fn a_number_is_a_position_or_refused_however_it_comes(number: i64) {
            let expected = Position::new(number).ok();
            prop_assert_eq!(number.to_string().parse().ok(), expected);
            prop_assert_eq!(serde_json::from_str::<Position>(&number.to_string()).ok(), expected);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,30}") {
            let _ = text.parse::<Position>();
        }
    }
}
