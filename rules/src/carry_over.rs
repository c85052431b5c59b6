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

/// Leave not taken because of sickness or family leave is carried over for 15 months from the return: the unused part
/// of the first four weeks after sickness, all of it after family leave (D 85-1250 art. 5-1, by D 2025-564).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarryOver {
    hindrances: Vec<Hindrance>,
    months: u32,
    sickness_weeks: u32,
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

/// A hindrance for which the provision in force on the date of return has no carry-over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no carry-over after {0:?} leave is in force at that date (D 85-1250 art. 5-1)")]
pub struct NotCarried(pub Hindrance);

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
        if !self.hindrances.contains(&hindrance) {
            return Err(NotCarried(hindrance));
        }
        let unused = entitled.saturating_sub(taken);
        let guaranteed = match hindrance {
            Hindrance::Sickness => HalfDays::from_days(weekly_days * whole(self.sickness_weeks), Rounding::Up),
            Hindrance::Family => entitled,
        };
        let carried = guaranteed.min(entitled).saturating_sub(taken);
        Ok(Carried { unused, carried, lost: unused.saturating_sub(carried) })
    }

    /// The last day on which leave acquired before the absence may be taken: 15 months from the return, less a day
    /// (convention).
    ///
    /// # Errors
    /// [`OutsideCalendar`] for dates that are not supported.
    pub fn usable_until(&self, return_date: NaiveDate) -> Result<NaiveDate, OutsideCalendar> {
        plus_days(plus_months(return_date, self.months)?, -1)
    }

    /// The same for leave acquired during the absence in `year`: the 15 months begin at that year's end at the
    /// latest.
    ///
    /// # Errors
    /// [`OutsideCalendar`] for dates that are not supported.
    pub fn usable_until_if_acquired_during(
        &self,
        return_date: NaiveDate,
        year: i32,
    ) -> Result<NaiveDate, OutsideCalendar> {
        let year_end = NaiveDate::from_ymd_opt(year, 12, 31).ok_or(OutsideCalendar(return_date))?;
        self.usable_until(return_date.min(year_end))
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

    #[test]
    fn the_fifteen_months_run_from_the_return() {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2026-03-02")).carry_over().unwrap();
        assert_eq!(rule.usable_until(day("2026-03-02")), Ok(day("2027-06-01")));
        assert_eq!(rule.usable_until_if_acquired_during(day("2026-03-02"), 2025), Ok(day("2027-03-30")));
        assert_eq!(rule.usable_until_if_acquired_during(day("2026-03-02"), 2026), Ok(day("2027-06-01")));
    }

    #[test]
    fn family_leave_came_first_and_sickness_with_the_decree() {
        let book = RuleBook::embedded().unwrap();
        let carry = |date, hindrance| {
            let rule = book.at(day(date)).carry_over().unwrap();
            rule.carry(hindrance, whole(5), HalfDays::days(25), HalfDays::ZERO).is_ok()
        };
        assert!(carry("2024-05-01", Hindrance::Family) && !carry("2024-05-01", Hindrance::Sickness));
        assert!(carry("2025-06-23", Hindrance::Family) && carry("2025-06-23", Hindrance::Sickness));
        assert!(book.at(day("2024-04-23")).carry_over().is_err());
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
    }
}
