//! Dates and instants as clients write them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Deserializer, de};
use utoipa::ToSchema;

use crate::explain::Expected;

/// A civil date of RFC 3339 (section 5.6, `full-date`), `2026-05-13`: it exists and lies in the years 1990 to 2099.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(value_type = String, example = "2026-05-13")]
pub struct Day(#[serde(deserialize_with = "events::date::deserialize")] pub NaiveDate);

/// An instant of RFC 3339 (section 5.6, `date-time`), `2026-05-13T09:00:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instant(pub DateTime<Utc>);

const INSTANT: Expected =
    Expected("une date et une heure : 2026-05-13T09:00:00Z", "a date and a time: 2026-05-13T09:00:00Z");

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let invalid = |_| de::Error::invalid_value(de::Unexpected::Other("text"), &INSTANT);
        let instant = DateTime::parse_from_rfc3339(&String::deserialize(deserializer)?).map_err(invalid)?;
        Ok(Self(instant.to_utc()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
