//! Civil dates of Europe/Paris: steps that cannot leave the range that is supported.

use chrono::{Datelike, Days, Months, NaiveDate};
pub use events::date::{OutsideCalendar, YEARS, supported};
use serde::{Deserialize, Serialize};

/// The date `days` after `date`, or before it when negative.
///
/// # Errors
/// [`OutsideCalendar`] if either end is.
pub fn plus_days(date: NaiveDate, days: i64) -> Result<NaiveDate, OutsideCalendar> {
    let step = Days::new(days.unsigned_abs());
    let moved =
        if days < 0 { supported(date)?.checked_sub_days(step) } else { supported(date)?.checked_add_days(step) };
    supported(moved.ok_or(OutsideCalendar(date))?)
}

/// The same day `months` later, or the last of that month when it has no such day.
///
/// # Errors
/// [`OutsideCalendar`] if either end is.
pub fn plus_months(date: NaiveDate, months: u32) -> Result<NaiveDate, OutsideCalendar> {
    supported(supported(date)?.checked_add_months(Months::new(months)).ok_or(OutsideCalendar(date))?)
}

/// The same day `months` earlier, or the last of that month when it has no such day.
///
/// # Errors
/// [`OutsideCalendar`] if either end is.
pub fn minus_months(date: NaiveDate, months: u32) -> Result<NaiveDate, OutsideCalendar> {
    supported(supported(date)?.checked_sub_months(Months::new(months)).ok_or(OutsideCalendar(date))?)
}

/// The months from `first` to `last`, both included, each begun one whole.
///
/// # Errors
/// [`OutsideCalendar`] for dates that are not supported.
pub fn months_begun(first: NaiveDate, last: NaiveDate) -> Result<u32, OutsideCalendar> {
    let months = (last.year() - first.year()) * 12 + last.month().cast_signed() - first.month().cast_signed();
    let whole = u32::try_from(months).unwrap_or(0);
    Ok(if plus_months(first, whole)? <= last { whole + 1 } else { whole })
}

/// A day of every year, written `05-01`; 29 February is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DayOfYear {
    month: u32,
    day: u32,
}

impl DayOfYear {
    /// 1 January.
    pub const FIRST: Self = Self { month: 1, day: 1 };
    /// 31 December.
    pub const LAST: Self = Self { month: 12, day: 31 };

    /// The day of the year that `date` is.
    pub fn of(date: NaiveDate) -> Self {
        Self { month: date.month(), day: date.day() }
    }

    /// Its date in `year`.
    ///
    /// # Errors
    /// [`OutsideCalendar`] if `year` is, naming the nearest date that can be written.
    pub fn in_year(self, year: i32) -> Result<NaiveDate, OutsideCalendar> {
        let nearest = if year < 0 { NaiveDate::MIN } else { NaiveDate::MAX };
        supported(NaiveDate::from_ymd_opt(year, self.month, self.day).ok_or(OutsideCalendar(nearest))?)
    }
}

impl TryFrom<String> for DayOfYear {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        NaiveDate::parse_from_str(&format!("2001-{text}"), "%Y-%m-%d")
            .map(Self::of)
            .map_err(|_| format!("{text:?} is no day of every year, as in \"05-01\""))
    }
}

impl From<DayOfYear> for String {
    fn from(day: DayOfYear) -> Self {
        format!("{:02}-{:02}", day.month, day.day)
    }
}

#[cfg(test)]
pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_stay_inside_the_supported_years() {
        assert_eq!(plus_days(day("2026-01-01"), -1), Ok(day("2025-12-31")));
        assert_eq!(plus_months(day("2026-01-31"), 1), Ok(day("2026-02-28")));
        assert!(plus_days(day("2099-12-31"), 1).is_err());
        assert!(plus_days(day("2026-01-01"), i64::MAX).is_err());
        assert!(minus_months(NaiveDate::MAX, 1).is_err());
        assert!(plus_months(day("2026-01-01"), u32::MAX).is_err());
    }

    #[test]
    fn a_day_of_every_year_is_never_29_february() {
        assert!(DayOfYear::try_from("02-29".to_owned()).is_err());
        assert!(DayOfYear::try_from("05-01".to_owned()).is_ok());
    }
}
