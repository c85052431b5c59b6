//! The longest absence in one stretch: 31 calendar days.

use chrono::NaiveDate;
use events::HalfDaySet;
use serde::{Deserialize, Serialize};

use crate::date::supported;
use crate::holidays::Calendar;
use crate::leave_cost::{charged, is_due};
use crate::pattern::WorkSchedule;
use crate::period::{HalfDay, Period};
use crate::quantity::HalfDays;

/// The kinds of leave that the limit tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AbsenceKind {
    /// Annual leave.
    AnnualLeave,
    /// RTT.
    Rtt,
    /// Extra days for leave out of season.
    Fractionnement,
    /// Leave from a time-savings account.
    Cet,
    /// *Congé bonifié*, for agents from overseas.
    Bonified,
    /// Annual leave cumulated over years.
    Cumulated,
}

/// An absence may not exceed 31 consecutive days (D 85-1250 art. 4), counted from the first working time not worked
/// to the eve of the return, contiguous requests joined (doctrine; City: CASVP rules part 4).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsecutiveAbsence {
    max_days: u32,
    counted: Vec<AbsenceKind>,
}

/// One stretch without work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Stretch {
    /// The first half-day that the agent should have worked.
    pub first: HalfDay,
    /// The first half-day that the agent works again.
    pub back: HalfDay,
    /// Calendar time away.
    pub length: HalfDays,
}

impl Stretch {
    /// The first day of absence.
    pub fn first_day(&self) -> NaiveDate {
        self.first.date
    }

    /// The day of return.
    pub fn return_day(&self) -> NaiveDate {
        self.back.date
    }
}

impl ConsecutiveAbsence {
    /// Whether leave of this kind counts towards the limit.
    pub fn counts(&self, kind: AbsenceKind) -> bool {
        self.counted.contains(&kind)
    }

    /// The limit.
    pub fn limit(&self) -> HalfDays {
        HalfDays::days(self.max_days)
    }

    /// Whether a stretch stays within the limit.
    pub fn allows(&self, stretch: &Stretch) -> bool {
        stretch.length <= self.limit()
    }

    /// The stretches that these leaves make, in order: leaves between which nothing is due to be worked are one. A
    /// leave in which nothing is due makes none.
    pub fn stretches(
        &self,
        leaves: &[(AbsenceKind, Period)],
        schedule: &WorkSchedule,
        calendar: &Calendar,
    ) -> Vec<Stretch> {
        let counted = leaves.iter().filter(|(kind, _)| self.counts(*kind));
        let away = counted.flat_map(|(_, period)| charged(*period, schedule, calendar)).collect();
        joined(&away, |at| is_due(at, schedule, calendar))
    }
}

/// The stretches that these half-days of absence make, in order: those between which nothing is due are one.
/// Who is due on no later day of the supported years is back after them.
pub fn joined(away: &HalfDaySet, is_due: impl Fn(HalfDay) -> bool) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for half_day in away.iter() {
        match stretches.last_mut().filter(|stretch| stretch.back == half_day) {
            Some(stretch) => *stretch = until_back(stretch.first, half_day, &is_due),
            None => stretches.push(until_back(half_day, half_day, &is_due)),
        }
    }
    stretches
}

fn until_back(first: HalfDay, last: HalfDay, is_due: impl Fn(HalfDay) -> bool) -> Stretch {
    let back = std::iter::successors(last.next(), |at| at.next())
        .find(|at| supported(at.date).is_err() || is_due(*at))
        .unwrap_or(last);
    let half_days = first.span_to(back) - 1;
    Stretch { first, back, length: HalfDays::new(u32::try_from(half_days).unwrap_or(u32::MAX)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::day;
    use crate::{RuleBook, WorkCycle};

    fn longest(leaves: &[(AbsenceKind, &str, &str)]) -> (u32, String, String, bool) {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2026-01-01")).consecutive_absence().unwrap();
        let schedule = WorkSchedule::from(WorkCycle::weekly("11111111110000").unwrap());
        let leaves: Vec<_> =
            leaves.iter().map(|(kind, from, to)| (*kind, Period::days(day(from), day(to)).unwrap())).collect();
        let stretches = rule.stretches(&leaves, &schedule, book.calendar());
        let longest = stretches.iter().max_by_key(|stretch| stretch.length).unwrap();
        let days = [longest.first_day().to_string(), longest.return_day().to_string()];
        let [first, back] = days;
        (longest.length.get() / 2, first, back, rule.allows(longest))
    }

    fn absence(days: u32, first: &str, back: &str, allowed: bool) -> (u32, String, String, bool) {
        (days, first.to_owned(), back.to_owned(), allowed)
    }

    use AbsenceKind::{AnnualLeave, Cet, Rtt};

    #[test]
    fn week_ends_count_to_the_eve_of_the_return() {
        assert_eq!(
            longest(&[(AnnualLeave, "2026-07-06", "2026-07-31")]),
            absence(28, "2026-07-06", "2026-08-03", true)
        );
        assert_eq!(
            longest(&[(AnnualLeave, "2026-07-06", "2026-08-05")]),
            absence(31, "2026-07-06", "2026-08-06", true)
        );
        assert_eq!(
            longest(&[(AnnualLeave, "2026-07-06", "2026-08-06")]),
            absence(32, "2026-07-06", "2026-08-07", false)
        );
    }

    #[test]
    fn the_last_days_that_are_supported_end_with_a_return_after_them() {
        assert_eq!(longest(&[(AnnualLeave, "2099-12-28", "2099-12-31")]), absence(4, "2099-12-28", "2100-01-01", true));
    }

    #[test]
    fn several_small_requests_do_not_dodge_the_limit() {
        let leaves = [(AnnualLeave, "2026-07-20", "2026-08-07"), (Rtt, "2026-07-06", "2026-07-17")];
        assert_eq!(longest(&leaves), absence(35, "2026-07-06", "2026-08-10", false));
    }

    #[test]
    fn a_leave_that_begins_on_a_holiday_counts_from_the_next_day() {
        assert_eq!(
            longest(&[(AnnualLeave, "2026-07-14", "2026-08-13")]),
            absence(30, "2026-07-15", "2026-08-14", true)
        );
    }

    #[test]
    fn a_day_of_work_between_two_leaves_makes_two_stretches() {
        let leaves = [(AnnualLeave, "2026-07-06", "2026-07-17"), (AnnualLeave, "2026-07-21", "2026-08-07")];
        assert_eq!(longest(&leaves), absence(20, "2026-07-21", "2026-08-10", true));
    }

    #[test]
    fn leave_from_the_savings_account_does_not_count() {
        let leaves = [(AnnualLeave, "2026-07-06", "2026-07-31"), (Cet, "2026-08-03", "2026-08-28")];
        assert_eq!(longest(&leaves).0, 28);
    }
}
