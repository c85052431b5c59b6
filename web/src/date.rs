//! Dates and instants as clients write them.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::{Deserialize, Deserializer, de};
use utoipa::ToSchema;

use crate::explain::Expected;

/// A civil date of RFC 3339 (section 5.6, `full-date`), `2026-05-13`: it exists and lies in the years 1990 to 2099.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(value_type = String, example = "2026-05-13")]
pub struct Day(#[serde(deserialize_with = "events::date::deserialize")] pub NaiveDate);

/// An instant of RFC 3339 (section 5.6, `date-time`), `2026-05-13T09:00:00Z`, in UTC of the years 0 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instant(pub DateTime<Utc>);

const INSTANT: Expected =
    Expected("une date et une heure : 2026-05-13T09:00:00Z", "a date and a time: 2026-05-13T09:00:00Z");

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let invalid = || de::Error::invalid_value(de::Unexpected::Other("text"), &INSTANT);
        let instant = DateTime::parse_from_rfc3339(&String::deserialize(deserializer)?).map(|at| at.to_utc());
        // An offset leads from the first and the last day of RFC 3339's years to one that it cannot write.
        let written = instant.ok().filter(|at| (0..=9999).contains(&at.year()));
        written.map(Self).ok_or_else(invalid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::FixedOffset;
    use proptest::prelude::*;

    fn reads<T: for<'de> Deserialize<'de>>(text: &str) -> Option<T> {
        serde_json::from_value(text.into()).ok()
    }

    #[test]
    fn a_day_is_written_in_full() {
        assert_eq!(reads::<Day>("2026-02-03").map(|Day(day)| day.to_string()).as_deref(), Some("2026-02-03"));
        for text in ["2026-2-3", "2026-02-30", "9999-12-31", "2026-02-03T00:00:00Z"] {
            assert_eq!(reads::<Day>(text), None, "{text}");
        }
    }

    #[test]
    fn an_instant_is_written_in_full() {
        let instant = reads::<Instant>("2026-02-03T10:00:00+01:00").map(|Instant(at)| at.to_rfc3339());
        assert_eq!(instant.as_deref(), Some("2026-02-03T09:00:00+00:00"));
        for text in ["2026-02-03", "2026-2-3T9:0:0Z", "2026-02-03T10:00:00", "1770109200"] {
            assert_eq!(reads::<Instant>(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_day_as_it_is_written_or_none(text in "[12][09][0-9]{2}-[01]?[0-9]-[0-3]?[0-9]|[-+ 0-9]{8,12}|\\PC{0,20}") {
            prop_assert!(reads::<Day>(&text).is_none_or(|Day(day)| day.to_string() == text));
        }

        #[test]
        fn any_text_is_an_instant_that_is_read_back_or_none(
            text in "([0-9]{4}|[09]{4})-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-5][0-9]:[0-6][0-9](\\.[0-9]{0,12})?([Zz]|[-+][0-2][0-9]:[0-9]{2})|\\PC{0,40}"
        ) {
            if let Some(Instant(at)) = reads(&text) {
                prop_assert_eq!(reads(&at.to_rfc3339()), Some(Instant(at)));
            }
        }

        #[test]
        fn an_instant_is_read_from_every_offset(at in instant(), minutes in -1439..=1439) {
            let there = at.with_timezone(&FixedOffset::east_opt(60 * minutes).unwrap());
            let years = [at.year(), there.year()];
            let read = years.iter().all(|year| (0..=9999).contains(year)).then_some(Instant(at));
            prop_assert_eq!(reads(&there.to_rfc3339()), read);
        }
    }

    /// Instants of every year, most of them about those that can be written first and last.
    fn instant() -> impl Strategy<Value = DateTime<Utc>> {
        let (first, last) = (-62_167_219_200_i64, 253_402_300_799_i64);
        let about = |second: i64| second - 200_000..=second + 200_000;
        (prop_oneof![about(first), about(last), first..=last], 0..1_000_000_000_u32)
            .prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).unwrap())
    }
}
