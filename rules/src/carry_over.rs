//! What becomes of annual leave and RTT that were not taken.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::date::{DayOfYear, OutsideCalendar, plus_days, plus_months};
use crate::quantity::{HalfDays, Ratio, Rounding, whole};

/// Why leave could not be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hindrance {
    /// Sick leave of any kind.
    Sickness,
    /// Maternity, paternity, adoption or another family leave.
    Family,
}

/// Leave that sickness or a family leave prevented is carried over for 15 months: the unused part of the first four
/// weeks after sickness, all of it after family leave (D 85-1250 art. 5-1, by D 2025-564). Before, the judge gave 15
/// months from the year's end after sickness (CE opinion of 26 April 2017, n° 406009).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarryOver {
    after: Vec<Term>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Term {
    hindrance: Hindrance,
    weeks: Option<u32>,
    months: u32,
    runs_from: RunsFrom,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RunsFrom {
    Return,
    YearEnd,
}

/// When leave was acquired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acquired {
    /// The year of which it is.
    pub year: i32,
    /// Whether the absence had begun by then.
    pub during_absence: bool,
}

/// What is carried over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Carried {
    /// What had not been taken.
    pub unused: HalfDays,
    /// The part that is carried over.
    pub carried: HalfDays,
    /// The part that is lost.
    pub lost: HalfDays,
}

/// Why nothing can be said of a carry-over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCarried {
    /// A hindrance for which the provision in force on the date of return has no carry-over.
    #[error("no carry-over after {0:?} leave is in force at that date (D 85-1250 art. 5-1)")]
    Hindrance(Hindrance),
    /// A date that is not supported.
    #[error(transparent)]
    Outside(#[from] OutsideCalendar),
}

impl CarryOver {
    /// What is carried over of a year's right of `entitled`, of which `taken` was used before.
    ///
    /// # Errors
    /// [`NotCarried`] if the provision does not know the hindrance.
    pub fn carry(
        &self,
        hindrance: Hindrance,
        weekly_days: Ratio,
        entitled: HalfDays,
        taken: HalfDays,
    ) -> Result<Carried, NotCarried> {
        let unused = entitled.saturating_sub(taken);
        let guaranteed = match self.term(hindrance)?.weeks {
            Some(weeks) => HalfDays::from_days(weekly_days * whole(weeks), Rounding::Up).min(entitled),
            None => entitled,
        };
        let carried = guaranteed.saturating_sub(taken);
        Ok(Carried { unused, carried, lost: unused.saturating_sub(carried) })
    }

    /// The last day on which leave carried over may be taken: 15 months, less a day (convention), from the return; for
    /// leave acquired during the absence, from the end of its year if that comes first.
    ///
    /// # Errors
    /// [`NotCarried`] if the provision does not know the hindrance, or a date is not supported.
    pub fn usable_until(
        &self,
        hindrance: Hindrance,
        return_date: NaiveDate,
        acquired: Acquired,
    ) -> Result<NaiveDate, NotCarried> {
        let term = self.term(hindrance)?;
        let new_year =
            || NaiveDate::from_ymd_opt(acquired.year.saturating_add(1), 1, 1).ok_or(OutsideCalendar(return_date));
        let start = match term.runs_from {
            RunsFrom::YearEnd => new_year()?,
            RunsFrom::Return if acquired.during_absence => return_date.min(new_year()?),
            RunsFrom::Return => return_date,
        };
        Ok(plus_days(plus_months(start, term.months)?, -1)?)
    }

    fn term(&self, hindrance: Hindrance) -> Result<Term, NotCarried> {
        let term = self.after.iter().find(|term| term.hindrance == hindrance);
        term.copied().ok_or(NotCarried::Hindrance(hindrance))
    }
}

/// Annual leave ends with its year unless the employer authorises a carry-over (D 85-1250 art. 5).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearEnd {
    annual_leave_until: DayOfYear,
    warn_days_before: Vec<u16>,
}

impl YearEnd {
    /// What is left of `balance`, the annual leave of `year`, on `date`; `authorised_until` is an exceptional
    /// carry-over that the employer granted.
    ///
    /// # Errors
    /// [`OutsideCalendar`] for dates that are not supported.
    pub fn left_on(
        &self,
        balance: HalfDays,
        year: i32,
        authorised_until: Option<NaiveDate>,
        date: NaiveDate,
    ) -> Result<HalfDays, OutsideCalendar> {
        let end = self.annual_leave_until.in_year(year)?;
        let last = authorised_until.map_or(end, |authorised| authorised.max(end));
        Ok(if date <= last { balance } else { HalfDays::ZERO })
    }

    /// The last day on which the annual leave of `year` may be taken.
    ///
    /// # Errors
    /// [`OutsideCalendar`] for a year that is not supported.
    pub fn annual_leave_until(&self, year: i32) -> Result<NaiveDate, OutsideCalendar> {
        self.annual_leave_until.in_year(year)
    }

    /// The warning that is due so many days before the end: the last whose time has come, in days ahead.
    #[must_use]
    pub fn warning_due(&self, days_left: i64) -> Option<u16> {
        self.warn_days_before.iter().copied().filter(|days| days_left <= i64::from(*days)).min()
    }

    /// The dates on which an agent is warned of what ends with the year of `date`, in order.
    ///
    /// # Errors
    /// [`OutsideCalendar`] for dates that are not supported.
    pub fn warnings(&self, date: NaiveDate) -> Result<Vec<NaiveDate>, OutsideCalendar> {
        let end = self.annual_leave_until.in_year(date.year())?;
        let mut dates = self
            .warn_days_before
            .iter()
            .map(|days| plus_days(end, -i64::from(*days)))
            .collect::<Result<Vec<_>, _>>()?;
        dates.sort_unstable();
        Ok(dates)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;

    fn carried(hindrance: Hindrance, weekly: u32, taken: u32) -> (u32, u32, u32) {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2026-03-02")).carry_over().unwrap();
        let entitled = HalfDays::days(weekly * 5);
        let carried = rule.carry(hindrance, whole(weekly), entitled, HalfDays::days(taken)).unwrap();
        (carried.unused.get() / 2, carried.carried.get() / 2, carried.lost.get() / 2)
    }

    #[test]
    fn sickness_carries_the_unused_part_of_four_weeks() {
        assert_eq!(carried(Hindrance::Sickness, 5, 6), (19, 14, 5));
        assert_eq!(carried(Hindrance::Sickness, 5, 22), (3, 0, 3));
        assert_eq!(carried(Hindrance::Sickness, 4, 5), (15, 11, 4));
    }

    #[test]
    fn family_leave_carries_all() {
        assert_eq!(carried(Hindrance::Family, 5, 0), (25, 25, 0));
    }

    #[test]
    fn a_partial_year_carries_no_more_than_its_right() {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2026-03-02")).carry_over().unwrap();
        let carried = rule.carry(Hindrance::Sickness, whole(5), HalfDays::days(9), HalfDays::days(2)).unwrap();
        assert_eq!((carried.carried, carried.lost), (HalfDays::days(7), HalfDays::ZERO));
    }

    fn usable_until(hindrance: Hindrance, return_date: &str, year: i32, during_absence: bool) -> NaiveDate {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day(return_date)).carry_over().unwrap();
        rule.usable_until(hindrance, day(return_date), Acquired { year, during_absence }).unwrap()
    }

    #[test]
    fn the_fifteen_months_run_from_the_return_or_from_the_year_s_end() {
        let until = |year, during| usable_until(Hindrance::Sickness, "2026-03-02", year, during);
        assert_eq!(until(2025, false), day("2027-06-01"));
        assert_eq!(until(2025, true), day("2027-03-31"));
        assert_eq!(until(2026, true), day("2027-06-01"));
    }

    #[test]
    fn before_the_decree_sickness_gave_fifteen_months_from_the_year_s_end() {
        assert_eq!(usable_until(Hindrance::Sickness, "2025-03-03", 2024, false), day("2026-03-31"));
        assert_eq!(usable_until(Hindrance::Family, "2025-03-03", 2024, false), day("2026-06-02"));
    }

    #[test]
    fn family_leave_carries_nothing_before_24_april_2024() {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2024-04-23")).carry_over().unwrap();
        let refused = rule.carry(Hindrance::Family, whole(5), HalfDays::days(25), HalfDays::ZERO);
        assert_eq!(refused, Err(NotCarried::Hindrance(Hindrance::Family)));
    }

    #[test]
    fn annual_leave_ends_on_31_december_unless_authorised() {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2026-12-31")).year_end().unwrap();
        let left = |authorised, date| rule.left_on(HalfDays::days(3), 2026, authorised, day(date)).unwrap();
        assert_eq!(left(None, "2026-12-31"), HalfDays::days(3));
        assert_eq!(left(None, "2027-01-01"), HalfDays::ZERO);
        assert_eq!(left(Some(day("2027-02-28")), "2027-02-28"), HalfDays::days(3));
        let warned = ["2026-10-02", "2026-12-01", "2026-12-24"].map(day);
        assert_eq!(rule.warnings(day("2026-05-01")), Ok(warned.to_vec()));
        let due = [91, 90, 31, 30, 8, 7, 0].map(|left| rule.warning_due(left));
        assert_eq!(due, [None, Some(90), Some(90), Some(30), Some(30), Some(7), Some(7)]);
    }
}
