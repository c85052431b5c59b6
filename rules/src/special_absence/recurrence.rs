use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// How often what a motive is for comes to one agent (convention): what it gives is bounded by that, whatever days are
/// named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recurrence {
    /// The most events or procedures.
    pub events: u8,
    /// Within so many days of one of them, before and after.
    pub within_days: u16,
    /// The text that it is concluded from.
    pub source: String,
}

impl Recurrence {
    /// That of a motive in a book of before this was in it: a PACS and the marriage that ends it, and one procedure of
    /// adoption, whose approval takes nine months and stands for five years.
    pub(super) fn before_it_was_written(motive: &str) -> Option<Self> {
        let (events, source) = match motive {
            "marriage_or_pacs" => (2, "Code civil, art. 147, 515-2 et 515-7"),
            "adoption_interview" => (1, "CASF, art. L.225-2"),
            _ => return None,
        };
        Some(Self { events, within_days: 365, source: source.to_owned() })
    }

    /// The days that are near to an event on `on`, it among them.
    pub fn days_about(&self, on: NaiveDate) -> impl Iterator<Item = NaiveDate> + use<> {
        let first = on.checked_sub_days(Days::new(self.within_days.into())).unwrap_or(on);
        first.iter_days().take(2 * usize::from(self.within_days) + 1)
    }
}
