use chrono::NaiveDate;
use serde::Deserialize;

use crate::date::{OutsideCalendar, plus_days};

/// One or two months more after the other birth leaves (LFSS 2026 art. 99; Code du travail L.1225-46-2).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtraBirthLeave {
    births_from: NaiveDate,
    usable_from: NaiveDate,
    max_months: u32,
    #[serde(default = "counted_weeks_before_birth")]
    counted_weeks_before_birth: u16,
}

/// As it is for a book of before this was in it: 42 weeks from birth to birth, less six months of paternity leave and two
/// of this one.
const fn counted_weeks_before_birth() -> u16 {
    7
}

/// Why the extra leave cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtraBirthLeaveRefused {
    /// Born too early.
    #[error("the leave is for births from {0} on (LFSS 2026 art. 99)")]
    BornBefore(NaiveDate),
    /// Taken too early.
    #[error("the leave may be taken from {0} on (LFSS 2026 art. 99)")]
    TakenBefore(NaiveDate),
    /// Taken before the birth.
    #[error("the leave is taken from the birth on, which is on {0} (Code du travail L.1225-46-2)")]
    BeforeBirth(NaiveDate),
    /// Not one or two months.
    #[error("the leave is of 1 to {most} months: {asked} were asked for (Code du travail L.1225-46-2)")]
    Length {
        /// The most months.
        most: u32,
        /// What was asked for.
        asked: u32,
    },
}

impl ExtraBirthLeave {
    /// The day from which on other leave counts as for the same birth as the one on `born`: a family waits longer for the
    /// next (convention).
    ///
    /// # Errors
    /// [`OutsideCalendar`] for dates that are not supported.
    pub fn counts_since(&self, born: NaiveDate) -> Result<NaiveDate, OutsideCalendar> {
        plus_days(born, -7 * i64::from(self.counted_weeks_before_birth))
    }

    /// Whether `months` may be taken from `first` on after a birth on `born`.
    ///
    /// # Errors
    /// [`ExtraBirthLeaveRefused`] with the reason.
    pub fn check(&self, born: NaiveDate, first: NaiveDate, months: u32) -> Result<(), ExtraBirthLeaveRefused> {
        if born < self.births_from {
            Err(ExtraBirthLeaveRefused::BornBefore(self.births_from))
        } else if first < self.usable_from {
            Err(ExtraBirthLeaveRefused::TakenBefore(self.usable_from))
        } else if first < born {
            Err(ExtraBirthLeaveRefused::BeforeBirth(born))
        } else if !(1..=self.max_months).contains(&months) {
            Err(ExtraBirthLeaveRefused::Length { most: self.max_months, asked: months })
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;

    #[test]
    fn the_extra_leave_is_for_births_of_2026_from_july_on() {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2026-07-01")).extra_birth_leave().unwrap();
        let check = |born, first, months| rule.check(day(born), day(first), months);
        assert_eq!(check("2026-01-01", "2026-07-01", 2), Ok(()));
        assert!(matches!(check("2025-12-31", "2026-07-01", 1), Err(ExtraBirthLeaveRefused::BornBefore(_))));
        assert!(matches!(check("2026-01-01", "2026-06-30", 1), Err(ExtraBirthLeaveRefused::TakenBefore(_))));
        assert!(matches!(check("2026-01-01", "2026-07-01", 3), Err(ExtraBirthLeaveRefused::Length { .. })));
    }
}
