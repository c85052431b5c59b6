use chrono::{Datelike, NaiveDate, Weekday};
use events::counted;
use serde::{Deserialize, Serialize};

use crate::date::{OutsideCalendar, plus_days, plus_months, supported};
use crate::holidays::Calendar;

/// Birth leave of 3 working days, then 4 calendar days of paternity leave at once, then the rest in parts within six
/// months (D 2021-846 art. 8 and 13; Code du travail L.1225-35).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paternity {
    birth_working_days: u8,
    mandatory_days: u16,
    remaining_days: u32,
    remaining_days_multiple: u32,
    max_periods: u32,
    min_days_per_period: u32,
    window_months: u32,
    notice_months: u32,
    #[serde(default = "weeks_between_births")]
    weeks_between_births: u16,
}

/// As it is for a book of before this was in it.
const fn weeks_between_births() -> u16 {
    42
}

/// The dates that follow from a birth, all included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct BirthLeave {
    /// First and last day of the birth leave.
    pub birth: (NaiveDate, NaiveDate),
    /// First and last day of the mandatory paternity leave; none where the law knew no such part.
    pub mandatory: Option<(NaiveDate, NaiveDate)>,
    /// Calendar days that remain to be taken.
    pub remaining_days: u32,
    /// The last day on which they may be taken.
    pub window_ends: NaiveDate,
}

/// Why the remaining days cannot be taken like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeriodsRefused {
    /// Too many parts.
    #[error("the leave is taken in at most {0} parts (D 2021-846 art. 13)")]
    TooManyPeriods(u32),
    /// A part that is reversed or too short.
    #[error("the part from {first} to {last} is shorter than {least} days (D 2021-846 art. 13)")]
    TooShort {
        /// Its first day.
        first: NaiveDate,
        /// Its last day.
        last: NaiveDate,
        /// The least length.
        least: u32,
    },
    /// More days than remain.
    #[error("{}, {remaining} remain (D 2021-846 art. 13)", counted::en(*asked, "day is asked for", "days are asked for"))]
    TooManyDays {
        /// What was asked for.
        asked: i64,
        /// What remains.
        remaining: u32,
    },
    /// A part outside the months after the birth.
    #[error("the leave is taken between the birth and {0} (D 2021-846 art. 13)")]
    OutsideWindow(NaiveDate),
    /// Two parts that share a day.
    #[error("two parts of the leave overlap on {0}")]
    Overlapping(NaiveDate),
    /// A date that is not supported.
    #[error(transparent)]
    Outside(#[from] OutsideCalendar),
}

/// The agent's choice of the first day of birth leave (Code du travail L.3142-4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstDay {
    /// The day of birth, or the next working day if it is none.
    #[default]
    DayOfBirth,
    /// The first working day after the birth.
    NextWorkingDay,
}

impl Paternity {
    /// The leave after a birth on `born`. Working days (*jours ouvrables*) are Monday to Saturday without holidays.
    ///
    /// # Errors
    /// [`OutsideCalendar`] for dates that are not supported.
    pub fn after_birth(
        &self,
        born: NaiveDate,
        multiple: bool,
        first_day: FirstDay,
        calendar: &Calendar,
    ) -> Result<BirthLeave, OutsideCalendar> {
        let from = plus_days(born, i64::from(first_day == FirstDay::NextWorkingDay))?;
        let mut working = from.iter_days().filter(|date| is_working_day(*date, calendar));
        let first = working.next().ok_or(OutsideCalendar(born))?;
        let further = usize::from(self.birth_working_days).checked_sub(2);
        let last = further.and_then(|further| working.nth(further)).unwrap_or(first);
        let mandatory = match self.mandatory_days {
            0 => None,
            days => Some((plus_days(last, 1)?, plus_days(last, i64::from(days))?)),
        };
        Ok(BirthLeave {
            birth: (first, supported(last)?),
            mandatory,
            remaining_days: if multiple { self.remaining_days_multiple } else { self.remaining_days },
            window_ends: plus_days(plus_months(born, self.window_months)?, -1)?,
        })
    }

    /// The most parts in which the remaining days may be taken.
    pub fn max_periods(&self) -> u32 {
        self.max_periods
    }

    /// The least length of a part, in calendar days.
    pub fn min_days_per_period(&self) -> u32 {
        self.min_days_per_period
    }

    /// The months after the birth within which they may be taken.
    pub fn window_months(&self) -> u32 {
        self.window_months
    }

    /// The last date on which a leave from `first` may be asked for.
    ///
    /// # Errors
    /// [`OutsideCalendar`] for dates that are not supported.
    pub fn ask_by(&self, first: NaiveDate) -> Result<NaiveDate, OutsideCalendar> {
        crate::date::minus_months(first, self.notice_months)
    }

    /// Whether leave from `first` to `last` may be for another birth than the one on `born`, so far from it that a pregnancy
    /// lies between (convention).
    ///
    /// # Errors
    /// [`OutsideCalendar`] for dates that are not supported.
    pub fn is_of_another_birth(
        &self,
        born: NaiveDate,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<bool, OutsideCalendar> {
        let between = 7 * i64::from(self.weeks_between_births);
        let (before, after) = (plus_days(born, -between)?, plus_days(born, between)?);
        Ok(last < plus_months(before, self.window_months)? || after <= first)
    }

    /// Whether the remaining days may be taken in these parts, each first and last day included.
    ///
    /// # Errors
    /// [`PeriodsRefused`] with the reason.
    pub fn check_periods(&self, leave: &BirthLeave, periods: &[(NaiveDate, NaiveDate)]) -> Result<(), PeriodsRefused> {
        if periods.len() > self.max_periods as usize {
            return Err(PeriodsRefused::TooManyPeriods(self.max_periods));
        }
        let mut sorted = periods.to_vec();
        sorted.sort_unstable();
        let mut asked = 0;
        let mut free_from = leave.mandatory.map_or(leave.birth.1, |(_, last)| last);
        for (first, last) in sorted {
            let days = (last - first).num_days() + 1;
            if days < i64::from(self.min_days_per_period) {
                return Err(PeriodsRefused::TooShort { first, last, least: self.min_days_per_period });
            }
            if first <= free_from {
                return Err(PeriodsRefused::Overlapping(first));
            }
            if last > leave.window_ends {
                return Err(PeriodsRefused::OutsideWindow(leave.window_ends));
            }
            asked += days;
            free_from = last;
        }
        let remaining = leave.remaining_days;
        if asked > i64::from(remaining) { Err(PeriodsRefused::TooManyDays { asked, remaining }) } else { Ok(()) }
    }
}

fn is_working_day(date: NaiveDate, calendar: &Calendar) -> bool {
    date.weekday() != Weekday::Sun && !calendar.is_holiday(date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;

    use crate::date::day;

    fn leave(born: &str, multiple: bool) -> BirthLeave {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day(born)).paternity().unwrap();
        rule.after_birth(day(born), multiple, FirstDay::DayOfBirth, book.calendar()).unwrap()
    }

    #[test]
    fn three_working_days_then_four_calendar_days() {
        let leave = leave("2026-06-10", false);
        assert_eq!(leave.birth, (day("2026-06-10"), day("2026-06-12")));
        assert_eq!(leave.mandatory, Some((day("2026-06-13"), day("2026-06-16"))));
        assert_eq!((leave.remaining_days, leave.window_ends), (21, day("2026-12-09")));
    }

    #[test]
    fn a_holiday_is_no_working_day_and_saturday_is_one() {
        let leave = leave("2026-05-13", true);
        assert_eq!(leave.birth, (day("2026-05-13"), day("2026-05-16")));
        assert_eq!(leave.mandatory, Some((day("2026-05-17"), day("2026-05-20"))));
        assert_eq!(leave.remaining_days, 28);
    }

    #[test]
    fn a_birth_on_a_sunday_counts_from_monday() {
        assert_eq!(leave("2026-06-14", false).birth, (day("2026-06-15"), day("2026-06-17")));
    }

    #[test]
    fn the_agent_may_begin_on_the_next_working_day() {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2026-05-13")).paternity().unwrap();
        let leave = rule.after_birth(day("2026-05-13"), false, FirstDay::NextWorkingDay, book.calendar()).unwrap();
        assert_eq!(leave.birth, (day("2026-05-15"), day("2026-05-18")));
    }

    #[test]
    fn the_rest_is_taken_in_two_parts_of_five_days_within_six_months() {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2026-06-10")).paternity().unwrap();
        let leave = leave("2026-06-10", false);
        let check = |parts: &[(&str, &str)]| {
            let parts: Vec<_> = parts.iter().map(|(first, last)| (day(first), day(last))).collect();
            rule.check_periods(&leave, &parts)
        };
        assert_eq!(check(&[("2026-06-17", "2026-06-21"), ("2026-08-01", "2026-08-16")]), Ok(()));
        assert!(matches!(check(&[("2026-08-01", "2026-08-04")]), Err(PeriodsRefused::TooShort { .. })));
        assert!(matches!(check(&[("2026-08-09", "2026-08-01")]), Err(PeriodsRefused::TooShort { .. })));
        assert!(matches!(check(&[("2026-08-01", "2026-08-22")]), Err(PeriodsRefused::TooManyDays { .. })));
        assert!(matches!(check(&[("2026-12-08", "2026-12-12")]), Err(PeriodsRefused::OutsideWindow(_))));
        assert!(matches!(check(&[("2026-06-16", "2026-06-20")]), Err(PeriodsRefused::Overlapping(_))));
        assert_eq!(rule.ask_by(day("2026-08-01")), Ok(day("2026-07-01")));
    }

    #[test]
    fn before_july_2021_eleven_days_remained_and_none_was_mandatory() {
        let leave = leave("2021-06-30", false);
        assert_eq!((leave.mandatory, leave.remaining_days), (None, 11));
    }
}
