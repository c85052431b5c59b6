use chrono::NaiveDate;
use serde::Deserialize;

use super::WorkTime;
use crate::date::{DayOfYear, OutsideCalendar};
use crate::quantity::{HalfDays, Ratio, whole};

/// The City's cycle of variable hours: RTT earned month by month up to a yearly ceiling, and taken until the end of
/// March of the next year (Ville de Paris).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RttCycle {
    daily: WorkTime,
    max_days_a_year: u32,
    half_days_a_month: u32,
    usable_until: DayOfYear,
    usable_years_later: u8,
}

impl RttCycle {
    /// The length of a day.
    pub fn daily(&self) -> WorkTime {
        self.daily
    }

    /// The right of a whole year at full time.
    pub fn full_year(&self) -> HalfDays {
        HalfDays::days(self.max_days_a_year)
    }

    /// What `worked` months have earned of a year in which `in_all` are, in days before rounding: the ceiling is that of
    /// the months that are worked, whichever they are (convention). A month at half time is half a month.
    pub fn earned(&self, worked: Ratio, in_all: Ratio) -> Ratio {
        let by_month = HalfDays::new(self.half_days_a_month).in_days() * worked;
        by_month.min(self.full_year().in_days() * in_all / whole(12))
    }

    /// The last date on which the RTT of `year` may be taken.
    ///
    /// # Errors
    /// [`OutsideCalendar`] for a year that is not supported.
    pub fn usable_until(&self, year: i32) -> Result<NaiveDate, OutsideCalendar> {
        self.usable_until.in_year(year.saturating_add(i32::from(self.usable_years_later)))
    }

    /// What is left of `balance`, the RTT of `year`, on `date`.
    ///
    /// # Errors
    /// [`OutsideCalendar`] for a year that is not supported.
    pub fn left_on(&self, balance: HalfDays, year: i32, date: NaiveDate) -> Result<HalfDays, OutsideCalendar> {
        Ok(if date <= self.usable_until(year)? { balance } else { HalfDays::ZERO })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;

    fn book() -> RuleBook {
        RuleBook::embedded().unwrap()
    }

    fn time(text: &str) -> WorkTime {
        text.parse().unwrap()
    }

    #[test]
    fn the_city_lets_rtt_be_taken_until_31_march() {
        let book = book();
        let cycle = book.at(day("2026-12-31")).rtt_cycle().unwrap();
        let left = |date| cycle.left_on(HalfDays::days(4), 2026, day(date)).unwrap();
        assert_eq!((left("2027-03-31"), left("2027-04-01")), (HalfDays::days(4), HalfDays::ZERO));
        assert_eq!(cycle.daily(), time("7h54"));
        assert_eq!(cycle.earned(whole(3), whole(12)), Ratio::new(15, 2));
        assert_eq!(cycle.earned(whole(12), whole(12)), whole(24));
        assert_eq!(cycle.earned(whole(2), whole(2)), whole(4));
    }
}
