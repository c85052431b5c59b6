//! Civil dates of Europe/Paris: the range that is supported.

use chrono::{Datelike, NaiveDate};

/// The years for which dates are accepted.
pub const YEARS: std::ops::RangeInclusive<i32> = 1990..=2099;

/// A date that is not supported, or a computation that leads to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is outside the supported years 1990 to 2099")]
pub struct OutsideCalendar(pub NaiveDate);

/// `date` itself, if it is supported.
///
/// # Errors
/// [`OutsideCalendar`] before 1990 or after 2099.
pub fn supported(date: NaiveDate) -> Result<NaiveDate, OutsideCalendar> {
    if YEARS.contains(&date.year()) { Ok(date) } else { Err(OutsideCalendar(date)) }
}

#[cfg(test)]
pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}
