//! For how long a key seals: retention ends by destroying the keys of a period.

use chrono::{DateTime, Datelike, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A calendar month in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: u16,
    month: u8,
}

impl Month {
    /// The month of an instant. A year that RFC 3339 cannot write counts as the nearest that it can, 0 or 9999.
    #[must_use]
    pub fn of(at: DateTime<Utc>) -> Self {
        let year = u16::try_from(at.year().clamp(0, 9999)).unwrap_or_default();
        Self { year, month: u8::try_from(at.month()).unwrap_or_default() }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// What a key seals: everything, or what happened in one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Period {
    /// What happened in this month.
    Month(Month),
    /// Whatever happens while the subject is not erased.
    Always,
}

impl Period {
    /// The month of an instant, in UTC.
    #[must_use]
    pub fn of_month(at: DateTime<Utc>) -> Self {
        Self::Month(Month::of(at))
    }
}

/// The stored name: `YYYY-MM` or `always`. Names sort as periods do.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Month(month) => month.fmt(f),
            Self::Always => f.write_str("always"),
        }
    }
}

/// A text that is not the stored name of a period. It is not quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a period is a month, written YYYY-MM, or `always`")]
pub struct MalformedPeriod;

/// From its stored name, and no other way to write it.
impl FromStr for Period {
    type Err = MalformedPeriod;

    fn from_str(text: &str) -> Result<Self, MalformedPeriod> {
        let always = (text == "always").then_some(Self::Always);
        let month = || {
            let (year, month) = text.split_once('-')?;
            let month = Month { year: year.parse().ok()?, month: month.parse().ok()? };
            // A number would be read without its zeros, or with a sign.
            (text.len() == 7 && (1..=12).contains(&month.month) && month.to_string() == text)
                .then_some(Self::Month(month))
        };
        always.or_else(month).ok_or(MalformedPeriod)
    }
}

impl TryFrom<String> for Period {
    type Error = MalformedPeriod;

    fn try_from(text: String) -> Result<Self, MalformedPeriod> {
        text.parse()
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn instant() -> impl Strategy<Value = DateTime<Utc>> {
        (DateTime::<Utc>::MIN_UTC.timestamp()..=DateTime::<Utc>::MAX_UTC.timestamp())
            .prop_map(|seconds| DateTime::from_timestamp(seconds, 0).unwrap())
    }

    proptest! {
        #[test]
        fn a_stored_name_is_read_back(at in instant()) {
            let month = Period::of_month(at);
            prop_assert_eq!(month.to_string().parse(), Ok(month));
        }

        #[test]
        fn any_text_is_a_period_as_it_is_stored_or_none(
            text in "[+-]?[0-9]{1,5}-[+-]?[0-9]{1,3}|always|\\PC{0,10}"
        ) {
            if let Ok(period) = text.parse::<Period>() {
                prop_assert_eq!(period.to_string(), text);
            }
        }

        #[test]
        fn stored_names_sort_as_periods_do(a in instant(), b in instant()) {
            let (a, b) = (Period::of_month(a), Period::of_month(b));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
            prop_assert!(a.to_string() < Period::Always.to_string());
            prop_assert!(a < Period::Always);
        }
    }

    #[test]
    fn other_ways_to_write_a_month_are_refused() {
        for text in ["", "2026-00", "2026-13", "2026-5", "+2026-05", "2026-+5", "10000-01", "2026-05-01", "Always"] {
            assert_eq!(text.parse::<Period>(), Err(MalformedPeriod), "{text}");
        }
    }

    #[test]
    fn a_month_is_one_of_utc() {
        let at = |text: &str| Period::of_month(text.parse().unwrap()).to_string();
        assert_eq!(at("2026-12-01T00:30:00+01:00"), "2026-11");
        assert_eq!(at("2026-12-01T00:00:00Z"), "2026-12");
    }
}
