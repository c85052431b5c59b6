//! For how long a key seals: retention ends by destroying the keys of a period.

use chrono::{DateTime, Datelike, Utc};
use std::fmt;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
        fn stored_names_sort_as_periods_do(a in instant(), b in instant()) {
            let (a, b) = (Period::of_month(a), Period::of_month(b));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
            prop_assert!(a.to_string() < Period::Always.to_string());
            prop_assert!(a < Period::Always);
        }
    }

    #[test]
    fn a_month_is_one_of_utc() {
        let at = |text: &str| Period::of_month(text.parse().unwrap()).to_string();
        assert_eq!(at("2026-12-01T00:30:00+01:00"), "2026-11");
        assert_eq!(at("2026-12-01T00:00:00Z"), "2026-12");
    }
}
