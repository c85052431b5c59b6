//! How long ahead leave is asked for.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::date::{DayOfYear, OutsideCalendar, plus_days, supported};
use crate::period::Period;

/// Notice as long as the absence; the summer's calendar is settled by 1 May (City: CASVP rules part 4). Short notice
/// warns and never refuses.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    days_per_day_of_absence: u32,
    summer: (DayOfYear, DayOfYear),
    summer_calendar_by: DayOfYear,
}

/// What the agent and the validator are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// In time.
    InTime,
    /// It was due by this date.
    Short {
        /// The last date that would have been in time.
        due_by: NaiveDate,
    },
}

impl Notice {
    /// Judges a leave over `period` asked for on `asked_on`.
    ///
    /// # Errors
    /// [`OutsideCalendar`] for dates that are not supported.
    pub fn advise(&self, asked_on: NaiveDate, period: Period) -> Result<Advice, OutsideCalendar> {
        let (first, last) = (period.start().date, period.end().date);
        let absence = (last - first).num_days() + 1;
        let by_length = plus_days(first, -absence * i64::from(self.days_per_day_of_absence))?;
        let (summer_first, summer_last) = self.summer;
        let due_by = if (summer_first..=summer_last).contains(&DayOfYear::of(first)) {
            by_length.min(self.summer_calendar_by.in_year(first.year())?)
        } else {
            by_length
        };
        Ok(if supported(asked_on)? <= due_by { Advice::InTime } else { Advice::Short { due_by } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;

    fn advice(asked: &str, first: &str, last: &str) -> Advice {
        let book = RuleBook::embedded().unwrap();
        let period = Period::days(day(first), day(last)).unwrap();
        book.at(day(asked)).notice().unwrap().advise(day(asked), period).unwrap()
    }

    #[test]
    fn ten_days_asked_five_days_before_are_short() {
        let short = Advice::Short { due_by: day("2026-03-06") };
        assert_eq!(advice("2026-03-11", "2026-03-16", "2026-03-25"), short);
        assert_eq!(advice("2026-03-06", "2026-03-16", "2026-03-25"), Advice::InTime);
    }

    #[test]
    fn the_summer_is_settled_by_1_may() {
        let short = Advice::Short { due_by: day("2026-05-01") };
        assert_eq!(advice("2026-05-02", "2026-07-20", "2026-07-24"), short);
    }
}
