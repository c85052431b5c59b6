//! Half-days as points in time, and periods of them.

use std::fmt;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::date::{OutsideCalendar, in_paris, noon_in_paris, supported};

/// Morning or afternoon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Half {
    /// Before noon.
    #[serde(rename = "AM")]
    Morning,
    /// After noon.
    #[serde(rename = "PM")]
    Afternoon,
}

/// One half of one civil day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct HalfDay {
    /// The civil date.
    pub date: NaiveDate,
    /// Which half of it.
    pub half: Half,
}

impl HalfDay {
    /// The morning of `date`.
    pub const fn morning(date: NaiveDate) -> Self {
        Self { date, half: Half::Morning }
    }

    /// The afternoon of `date`.
    pub const fn afternoon(date: NaiveDate) -> Self {
        Self { date, half: Half::Afternoon }
    }

    /// The half-day after this one; none after the last date that can be written.
    pub fn next(self) -> Option<Self> {
        match self.half {
            Half::Morning => Some(Self::afternoon(self.date)),
            Half::Afternoon => self.date.succ_opt().map(Self::morning),
        }
    }

    /// Whether it has ended at `at`: a morning ends at noon, an afternoon with the day.
    pub fn has_ended(self, at: DateTime<Utc>) -> bool {
        match self.half {
            Half::Morning => noon_in_paris(self.date) <= at,
            Half::Afternoon => self.date < in_paris(at),
        }
    }

    /// How many half-days lie from this one to `later`, both included; negative or zero when `later` is earlier.
    pub fn span_to(self, later: Self) -> i64 {
        let days: TimeDelta = later.date - self.date;
        days.num_days() * 2 + i64::from(later.half as u8) - i64::from(self.half as u8) + 1
    }
}

/// `2026-05-13 PM`.
impl fmt::Display for HalfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.date, if self.half == Half::Morning { "AM" } else { "PM" })
    }
}

/// Why two half-days make no period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPeriod {
    /// The end lies before the start.
    #[error("the period ends on {end}, before it starts on {start}")]
    Reversed {
        /// The first half-day asked for.
        start: HalfDay,
        /// The last half-day asked for.
        end: HalfDay,
    },
    /// A date outside the supported years.
    #[error(transparent)]
    Outside(#[from] OutsideCalendar),
}

/// A stretch of time from one half-day to another, both included; never empty, inside the supported years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Ends", into = "Ends")]
pub struct Period {
    start: HalfDay,
    end: HalfDay,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ends {
    start: HalfDay,
    end: HalfDay,
}

impl Period {
    /// From `start` to `end`, both included.
    ///
    /// # Errors
    /// [`InvalidPeriod`] when reversed, or outside the supported years.
    pub fn new(start: HalfDay, end: HalfDay) -> Result<Self, InvalidPeriod> {
        supported(start.date)?;
        supported(end.date)?;
        if end < start { Err(InvalidPeriod::Reversed { start, end }) } else { Ok(Self { start, end }) }
    }

    /// From the morning of `first` to the evening of `last`.
    ///
    /// # Errors
    /// As [`Period::new`].
    pub fn days(first: NaiveDate, last: NaiveDate) -> Result<Self, InvalidPeriod> {
        Self::new(HalfDay::morning(first), HalfDay::afternoon(last))
    }

    /// The first half-day.
    pub const fn start(self) -> HalfDay {
        self.start
    }

    /// The last half-day.
    pub const fn end(self) -> HalfDay {
        self.end
    }

    /// Its length in calendar days, one that it has half of being whole.
    #[must_use]
    pub fn calendar_days(self) -> i64 {
        (self.end.date - self.start.date).num_days() + 1
    }

    /// Whether `half_day` lies in it.
    pub fn contains(self, half_day: HalfDay) -> bool {
        self.start <= half_day && half_day <= self.end
    }

    /// Whether the two share a half-day.
    pub fn overlaps(self, other: Self) -> bool {
        self.start <= other.end && other.start <= self.end
    }

    /// From the first start of the two to the last end.
    #[must_use]
    pub fn joined(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Every half-day of it, in order, whether worked or not.
    pub fn half_days(self) -> impl Iterator<Item = HalfDay> {
        std::iter::successors(Some(self.start), |half_day| half_day.next()).take_while(move |at| *at <= self.end)
    }
}

impl TryFrom<Ends> for Period {
    type Error = InvalidPeriod;

    fn try_from(ends: Ends) -> Result<Self, InvalidPeriod> {
        Self::new(ends.start, ends.end)
    }
}

impl From<Period> for Ends {
    fn from(period: Period) -> Self {
        Self { start: period.start, end: period.end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::day;

    #[test]
    fn a_period_that_ends_at_noon_before_it_starts_at_noon_is_refused() {
        let date = day("2026-05-13");
        let refused = Period::new(HalfDay::afternoon(date), HalfDay::morning(date));
        assert!(matches!(refused, Err(InvalidPeriod::Reversed { .. })));
    }

    #[test]
    fn the_year_9999_is_refused() {
        assert!(matches!(Period::days(day("2026-05-13"), day("9999-01-01")), Err(InvalidPeriod::Outside(_))));
    }

    #[test]
    fn nested_periods_overlap() {
        let may = Period::days(day("2026-05-01"), day("2026-05-31")).unwrap();
        let inside = Period::days(day("2026-05-10"), day("2026-05-12")).unwrap();
        assert!(may.overlaps(inside) && inside.overlaps(may));
    }

    #[test]
    fn the_two_halves_of_a_day_do_not_overlap() {
        let date = day("2026-05-12");
        let morning = Period::new(HalfDay::morning(date), HalfDay::morning(date)).unwrap();
        let afternoon = Period::new(HalfDay::afternoon(date), HalfDay::afternoon(date)).unwrap();
        assert!(!morning.overlaps(afternoon));
        assert_eq!(HalfDay::morning(date).span_to(HalfDay::afternoon(date)), 2);
    }

    #[test]
    fn a_reversed_period_does_not_deserialise() {
        let text = r#"{"start":{"date":"2026-05-13","half":"PM"},"end":{"date":"2026-05-13","half":"AM"}}"#;
        assert!(serde_json::from_str::<Period>(text).is_err());
    }
}
