//! Civil dates of Europe/Paris: the range that is supported, and the date of an instant.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Europe::Paris;
use serde::{Deserialize, Deserializer, de};

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

/// The date that is written as RFC 3339 (section 5.6, `full-date`) has it, `2026-05-13`, if it exists and is supported.
#[must_use]
pub fn written(text: &str) -> Option<NaiveDate> {
    // `NaiveDate` would read 2026-5-13 too.
    let date = text.parse().ok().filter(|date: &NaiveDate| date.to_string() == text);
    date.and_then(|date| supported(date).ok())
}

/// Reads a field of serde's as [`written`] does.
///
/// # Errors
/// Of serde, that a civil date was expected.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    let invalid = || de::Error::invalid_value(de::Unexpected::Other("text"), &"a civil date");
    written(&String::deserialize(deserializer)?).ok_or_else(invalid)
}

/// The same of a field that may be null.
///
/// # Errors
/// As [`deserialize`].
pub fn deserialize_option<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    #[derive(Deserialize)]
    struct Date(#[serde(deserialize_with = "deserialize")] NaiveDate);
    Ok(Option::<Date>::deserialize(deserializer)?.map(|Date(date)| date))
}

/// The civil date in Paris.
#[must_use]
pub fn in_paris(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&Paris).date_naive()
}

/// The first instant of a date in Paris, where the time never changes at midnight.
#[must_use]
pub fn begins_in_paris(date: NaiveDate) -> DateTime<Utc> {
    instant_in_paris(date.and_time(NaiveTime::MIN))
}

/// Noon of a date in Paris, where the time never changes at noon.
#[must_use]
pub fn noon_in_paris(date: NaiveDate) -> DateTime<Utc> {
    instant_in_paris(date.and_time(NaiveTime::MIN) + TimeDelta::hours(12))
}

fn instant_in_paris(time: NaiveDateTime) -> DateTime<Utc> {
    time.and_local_timezone(Paris).earliest().map_or_else(|| time.and_utc(), |instant| instant.to_utc())
}

#[cfg(test)]
pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_date_is_written_in_full() {
        assert_eq!(written("2026-02-03"), Some(day("2026-02-03")));
        for text in ["", "2026-2-3", "2026-02-3", "26-02-03", "2026-02-30", "1989-12-31", "2100-01-01", "9999-12-31"] {
            assert_eq!(written(text), None, "{text}");
        }
        for text in ["+2026-2-03", " 2026-02-3", "2026-02- 3", "2026-02-03 ", "20260203", "2026/02/03", "2026-034"] {
            assert_eq!(written(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_of_paris_begins_an_hour_or_two_before_that_of_utc() {
        for (date, begins) in [
            ("2026-01-09", "2026-01-08T23:00:00Z"),
            ("2026-07-09", "2026-07-08T22:00:00Z"),
            // The night of 29 March 2026 has no hour from 2 to 3.
            ("2026-03-30", "2026-03-29T22:00:00Z"),
        ] {
            let (date, begins) = (day(date), begins.parse().unwrap());
            assert_eq!(begins_in_paris(date), begins);
            assert_eq!(in_paris(begins), date);
            assert_eq!(in_paris(begins - chrono::TimeDelta::seconds(1)).succ_opt(), Some(date));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_date_as_it_is_written_or_none(text in "[12][09][0-9]{2}-[01]?[0-9]-[0-3]?[0-9]|[-+ 0-9]{8,12}|\\PC{0,20}") {
            let date = written(&text);
            prop_assert!(date.is_none_or(|date| date.to_string() == text && YEARS.contains(&date.year())));
            prop_assert_eq!(serde_json::from_value::<Option<Date>>(text.into()).ok().flatten().map(|Date(date)| date), date);
        }

        #[test]
        fn a_date_is_read_back_where_it_is_supported(days in 0..200_000u64) {
            let date = day("1800-01-01") + chrono::Days::new(days);
            prop_assert_eq!(written(&date.to_string()), supported(date).ok());
        }

        #[test]
        fn a_date_of_paris_has_its_beginning_and_its_noon(days in 0..200_000u64) {
            let date = day("1800-01-01") + chrono::Days::new(days);
            prop_assert_eq!(in_paris(begins_in_paris(date)), date);
            prop_assert_eq!(in_paris(begins_in_paris(date) - TimeDelta::nanoseconds(1)).succ_opt(), Some(date));
            prop_assert_eq!(in_paris(noon_in_paris(date)), date);
        }
    }

    #[derive(Deserialize)]
    struct Date(#[serde(deserialize_with = "deserialize")] NaiveDate);
}
