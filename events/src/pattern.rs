//! When an agent works: a cycle of weeks of 14 half-days, and its dated changes.

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use crate::period::{Half, HalfDay};
use crate::quantity::Ratio;

const HALF_DAYS_A_WEEK: usize = 14;
const MAX_WEEKS: usize = 52;

/// Why a text or an anchor makes no cycle or schedule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPattern {
    /// The length is not that of 1 to 52 whole weeks.
    #[error("a pattern has 14 half-days a week, for 1 to {MAX_WEEKS} weeks: this one has {0}")]
    Length(usize),
    /// A character other than 0 and 1.
    #[error("a pattern is written in 1 (worked) and 0 (off): it holds {0:?}")]
    Character(char),
    /// No half-day is worked.
    #[error("no half-day of the pattern is worked")]
    NeverWorked,
    /// The cycle does not begin on a Monday.
    #[error("a cycle is anchored on a Monday: {0} is none")]
    Anchor(NaiveDate),
    /// Two changes on one date.
    #[error("two patterns begin on {0}")]
    SameDate(NaiveDate),
    /// A schedule of no pattern.
    #[error("a schedule has at least one pattern")]
    Empty,
}

/// A cycle of one or more weeks, repeated for ever in both directions from its anchor.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct WorkCycle {
    anchor: NaiveDate,
    worked: Vec<bool>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    anchor: NaiveDate,
    halves: String,
}

impl WorkCycle {
    /// The cycle written `halves`, in 1 and 0 from the morning of Monday `anchor` on.
    ///
    /// # Errors
    /// [`InvalidPattern`] for a length that is not of whole weeks, other characters, no work at all, no Monday.
    pub fn anchored(anchor: NaiveDate, halves: &str) -> Result<Self, InvalidPattern> {
        if anchor.weekday() != Weekday::Mon {
            return Err(InvalidPattern::Anchor(anchor));
        }
        let worked = halves
            .chars()
            .map(|half| match half {
                '1' => Ok(true),
                '0' => Ok(false),
                other => Err(InvalidPattern::Character(other)),
            })
            .collect::<Result<Vec<_>, _>>()?;
        if worked.is_empty() || worked.len() % HALF_DAYS_A_WEEK != 0 || worked.len() > HALF_DAYS_A_WEEK * MAX_WEEKS {
            return Err(InvalidPattern::Length(worked.len()));
        }
        if !worked.contains(&true) {
            return Err(InvalidPattern::NeverWorked);
        }
        Ok(Self { anchor, worked })
    }

    /// The same week over and over: 14 half-days from Monday morning.
    ///
    /// # Errors
    /// As [`WorkCycle::anchored`]; more than one week needs an anchor.
    pub fn weekly(halves: &str) -> Result<Self, InvalidPattern> {
        match halves.chars().count() {
            HALF_DAYS_A_WEEK => Self::anchored(NaiveDate::default().week(Weekday::Mon).first_day(), halves),
            other => Err(InvalidPattern::Length(other)),
        }
    }

    /// Whether the agent is due to work then, holidays aside.
    pub fn works(&self, at: HalfDay) -> bool {
        let half_days = (at.date - self.anchor).num_days() * 2 + i64::from(at.half == Half::Afternoon);
        let cycle = i64::try_from(self.worked.len()).unwrap_or(i64::MAX);
        usize::try_from(half_days.rem_euclid(cycle)).ok().and_then(|place| self.worked.get(place)).copied()
            == Some(true)
    }

    /// Days worked a week, on average over the cycle.
    pub fn weekly_days(&self) -> Ratio {
        let worked = self.worked.iter().filter(|worked| **worked).count() as i128;
        Ratio::new(worked * HALF_DAYS_A_WEEK as i128, 2 * self.worked.len() as i128)
    }
}

impl TryFrom<Written> for WorkCycle {
    type Error = InvalidPattern;

    fn try_from(written: Written) -> Result<Self, InvalidPattern> {
        Self::anchored(written.anchor, &written.halves)
    }
}

impl From<WorkCycle> for Written {
    fn from(cycle: WorkCycle) -> Self {
        let halves = cycle.worked.iter().map(|worked| if *worked { '1' } else { '0' }).collect();
        Self { anchor: cycle.anchor, halves }
    }
}

/// The cycles of an agent over time, each from its date until the next one's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<(NaiveDate, WorkCycle)>", into = "Vec<(NaiveDate, WorkCycle)>")]
pub struct WorkSchedule {
    changes: Vec<(NaiveDate, WorkCycle)>,
}

impl WorkSchedule {
    /// Each cycle with the first date on which it applies, in any order; before the first of them nothing is worked.
    ///
    /// # Errors
    /// [`InvalidPattern::Empty`] without a cycle, [`InvalidPattern::SameDate`] for two on one date.
    pub fn new(mut changes: Vec<(NaiveDate, WorkCycle)>) -> Result<Self, InvalidPattern> {
        changes.sort_by_key(|(from, _)| *from);
        if changes.is_empty() {
            return Err(InvalidPattern::Empty);
        }
        match changes.iter().zip(changes.iter().skip(1)).find(|(one, next)| one.0 == next.0) {
            Some(((date, _), _)) => Err(InvalidPattern::SameDate(*date)),
            None => Ok(Self { changes }),
        }
    }

    /// Whether the agent is due to work then, holidays aside.
    pub fn works(&self, at: HalfDay) -> bool {
        self.cycle_on(at.date).is_some_and(|cycle| cycle.works(at))
    }

    /// The cycle that applies on `date`.
    pub fn cycle_on(&self, date: NaiveDate) -> Option<&WorkCycle> {
        self.changes.iter().rev().find(|(from, _)| *from <= date).map(|(_, cycle)| cycle)
    }
}

/// One cycle at all times.
impl From<WorkCycle> for WorkSchedule {
    fn from(cycle: WorkCycle) -> Self {
        Self { changes: vec![(NaiveDate::default(), cycle)] }
    }
}

impl TryFrom<Vec<(NaiveDate, WorkCycle)>> for WorkSchedule {
    type Error = InvalidPattern;

    fn try_from(changes: Vec<(NaiveDate, WorkCycle)>) -> Result<Self, InvalidPattern> {
        Self::new(changes)
    }
}

impl From<WorkSchedule> for Vec<(NaiveDate, WorkCycle)> {
    fn from(schedule: WorkSchedule) -> Self {
        schedule.changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::day;
    use proptest::prelude::*;

    const FULL: &str = "11111111110000";
    const FRIDAY_OFF: &str = "11111111000000";

    #[test]
    fn a_week_is_14_half_days_of_ones_and_zeros() {
        assert_eq!(WorkCycle::weekly("111"), Err(InvalidPattern::Length(3)));
        assert_eq!(WorkCycle::weekly(""), Err(InvalidPattern::Length(0)));
        assert_eq!(WorkCycle::weekly("1111111111000x"), Err(InvalidPattern::Character('x')));
        assert_eq!(WorkCycle::weekly("00000000000000"), Err(InvalidPattern::NeverWorked));
    }

    #[test]
    fn a_cycle_is_anchored_on_a_monday() {
        assert_eq!(WorkCycle::anchored(day("2026-01-06"), FULL), Err(InvalidPattern::Anchor(day("2026-01-06"))));
    }

    #[test]
    fn a_fortnight_keeps_its_parity_from_week_53_to_week_1_and_before_its_anchor() {
        let cycle = WorkCycle::anchored(day("2026-01-05"), &format!("{FULL}{FRIDAY_OFF}")).unwrap();
        let works_friday = |date| cycle.works(HalfDay::morning(day(date)));
        assert!(!works_friday("2027-01-01") && works_friday("2027-01-08"));
        assert!(!works_friday("2026-01-02") && works_friday("2025-12-26"));
        assert_eq!(cycle.weekly_days(), Ratio::new(9, 2));
    }

    #[test]
    fn a_schedule_changes_on_its_date() {
        let full = WorkCycle::weekly(FULL).unwrap();
        let part = WorkCycle::weekly(FRIDAY_OFF).unwrap();
        let schedule = WorkSchedule::new(vec![(day("2026-07-01"), part.clone()), (day("2026-01-01"), full)]).unwrap();
        let works = |date| schedule.works(HalfDay::morning(day(date)));
        assert!(works("2026-06-26") && !works("2026-07-03") && !works("2025-12-31"));
        let twice = vec![(day("2026-07-01"), part.clone()), (day("2026-07-01"), part)];
        assert_eq!(WorkSchedule::new(twice), Err(InvalidPattern::SameDate(day("2026-07-01"))));
    }

    proptest! {
        #[test]
        fn a_cycle_is_refused_or_read_back(weeks in 0..54usize, halves in "[01]{0,28}|\\PC{0,20}", days in 0..4_000u64) {
            let anchor = day("2020-01-06") + chrono::Days::new(days);
            let text = halves.repeat(weeks);
            let written = serde_json::json!({ "anchor": anchor, "halves": text });
            let read: Result<WorkCycle, _> = serde_json::from_value(written.clone());
            let right = text.bytes().all(|half| b"01".contains(&half)) && text.contains('1');
            let whole = text.len().is_multiple_of(HALF_DAYS_A_WEEK) && text.len() <= HALF_DAYS_A_WEEK * MAX_WEEKS;
            prop_assert_eq!(read.is_ok(), days.is_multiple_of(7) && right && whole);
            if let Ok(cycle) = read {
                prop_assert_eq!(serde_json::to_value(&cycle).unwrap(), written);
                let first = |place: usize| cycle.works(HalfDay { date: anchor + chrono::Days::new(place as u64 / 2), half: if place.is_multiple_of(2) { Half::Morning } else { Half::Afternoon } });
                prop_assert!(text.bytes().enumerate().all(|(place, half)| first(place) == (half == b'1')));
            }
        }

        #[test]
        fn a_week_is_refused_or_read(halves in "[01]{14}|\\PC{0,20}") {
            let read = WorkCycle::weekly(&halves);
            let right = halves.len() == HALF_DAYS_A_WEEK && halves.bytes().all(|half| b"01".contains(&half)) && halves.contains('1');
            prop_assert_eq!(read.is_ok(), right);
        }
    }
}
