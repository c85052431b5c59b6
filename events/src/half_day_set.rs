//! A set of half-days, written as a list of dates.

use crate::period::{Half, HalfDay};
use crate::quantity::HalfDays;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Half-days, each once, in order. Written as `["2026-05-11", "2026-05-12 AM", "2026-05-13 PM"]`, a date alone being
/// both halves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct HalfDaySet(BTreeSet<HalfDay>);

/// A text that names no half-day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a half-day is written 2026-05-13 AM or 2026-05-13 PM, and a day 2026-05-13")]
pub struct InvalidHalfDay;

impl HalfDaySet {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> HalfDays {
        HalfDays::new(u32::try_from(self.0.len()).unwrap_or(u32::MAX))
    }

    /// Whether this one is among them.
    #[must_use]
    pub fn contains(&self, half_day: HalfDay) -> bool {
        self.0.contains(&half_day)
    }

    /// Each, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = HalfDay> + '_ {
        self.0.iter().copied()
    }

    /// The first.
    #[must_use]
    pub fn first(&self) -> Option<HalfDay> {
        self.0.first().copied()
    }

    /// The last.
    #[must_use]
    pub fn last(&self) -> Option<HalfDay> {
        self.0.last().copied()
    }

    /// Those of both sets.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).copied().collect())
    }

    /// Those of either set.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).copied().collect())
    }

    /// Those that `other` has not.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        Self(self.0.difference(&other.0).copied().collect())
    }

    /// Whether each of them is in `other`.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }
}

impl FromIterator<HalfDay> for HalfDaySet {
    fn from_iter<I: IntoIterator<Item = HalfDay>>(half_days: I) -> Self {
        Self(half_days.into_iter().collect())
    }
}

impl From<HalfDaySet> for Vec<String> {
    fn from(set: HalfDaySet) -> Self {
        let mut written = Self::new();
        for half_day in set.iter() {
            if half_day.half == Half::Afternoon && set.contains(HalfDay::morning(half_day.date)) {
                written.pop();
                written.push(half_day.date.to_string());
            } else {
                written.push(half_day.to_string());
            }
        }
        written
    }
}

impl TryFrom<Vec<String>> for HalfDaySet {
    type Error = InvalidHalfDay;

    fn try_from(written: Vec<String>) -> Result<Self, InvalidHalfDay> {
        let mut set = BTreeSet::new();
        for text in written {
            let (date, halves) = match text.split_once(' ') {
                None => (text.as_str(), &[Half::Morning, Half::Afternoon][..]),
                Some((date, "AM")) => (date, &[Half::Morning][..]),
                Some((date, "PM")) => (date, &[Half::Afternoon][..]),
                Some(_) => return Err(InvalidHalfDay),
            };
            let date: NaiveDate = date.parse().map_err(|_| InvalidHalfDay)?;
            set.extend(halves.iter().map(|half| HalfDay { date, half: *half }));
        }
        Ok(Self(set))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::day;
    use proptest::prelude::*;

    fn half_day() -> impl Strategy<Value = HalfDay> {
        (0u64..30, any::<bool>()).prop_map(|(days, morning)| HalfDay {
            date: day("2026-05-01") + chrono::Days::new(days),
            half: if morning { Half::Morning } else { Half::Afternoon },
        })
    }

    #[test]
    fn a_whole_day_is_its_date_alone() {
        let (monday, tuesday) = (day("2026-05-11"), day("2026-05-12"));
        let set: HalfDaySet =
            [HalfDay::afternoon(tuesday), HalfDay::morning(monday), HalfDay::afternoon(monday)].into_iter().collect();
        assert_eq!(serde_json::to_string(&set).unwrap(), r#"["2026-05-11","2026-05-12 PM"]"#);
    }

    #[test]
    fn what_is_no_half_day_does_not_deserialise() {
        for text in [r#"["2026-02-30"]"#, r#"["2026-05-11 am"]"#, r#"["2026-05-11 "]"#, r#"[""]"#] {
            assert!(serde_json::from_str::<HalfDaySet>(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(half_days in prop::collection::vec(half_day(), 0..40)) {
            let set: HalfDaySet = half_days.into_iter().collect();
            let written = serde_json::to_string(&set).unwrap();
            prop_assert_eq!(serde_json::from_str::<HalfDaySet>(&written).unwrap(), set);
        }
    }
}
