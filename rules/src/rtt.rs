//! A year's work, RTT days (*réduction du temps de travail*) and what sickness takes from them.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::date::{DayOfYear, OutsideCalendar};
use crate::quantity::{HalfDays, Ratio, Rounding, whole};

/// A length of work in minutes, written `37h30`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WorkTime {
    minutes: u32,
}

/// A text that is no length of work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no working time, as in \"37h30\" (at most 9999 hours)")]
pub struct InvalidWorkTime(pub String);

impl WorkTime {
    /// So many minutes.
    pub const fn minutes(minutes: u32) -> Self {
        Self { minutes }
    }

    /// In hours.
    pub fn in_hours(self) -> Ratio {
        Ratio::new(i128::from(self.minutes), 60)
    }
}

impl FromStr for WorkTime {
    type Err = InvalidWorkTime;

    fn from_str(text: &str) -> Result<Self, InvalidWorkTime> {
        let invalid = || InvalidWorkTime(text.to_owned());
        let digits = |text: &str, most: usize| {
            let fits = !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
            fits.then(|| text.parse::<u32>().ok()).flatten().ok_or_else(invalid)
        };
        let (hours, minutes) = text.split_once('h').ok_or_else(invalid)?;
        let hours = digits(hours, 4)?;
        let minutes = if minutes.is_empty() { 0 } else { digits(minutes, 2)? };
        if minutes < 60 { Ok(Self::minutes(hours * 60 + minutes)) } else { Err(invalid()) }
    }
}

impl fmt::Display for WorkTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes) = (self.minutes / 60, self.minutes % 60);
        if minutes == 0 { write!(f, "{hours}h") } else { write!(f, "{hours}h{minutes:02}") }
    }
}

impl TryFrom<String> for WorkTime {
    type Error = InvalidWorkTime;

    fn try_from(text: String) -> Result<Self, InvalidWorkTime> {
        text.parse()
    }
}

impl From<WorkTime> for String {
    fn from(time: WorkTime) -> Self {
        time.to_string()
    }
}

/// A year's work: 1607 hours, of which the day of solidarity (D 2000-815 art. 1; D 2001-623 art. 1; L 2004-626).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkYear {
    hours: WorkTime,
    solidarity: WorkTime,
}

impl WorkYear {
    /// The year's work at full time.
    pub fn full_time(&self) -> WorkTime {
        WorkTime::minutes(self.hours.minutes + self.solidarity.minutes)
    }

    /// The solidarity hours due at `quota`, to the minute.
    pub fn solidarity(&self, quota: Ratio) -> WorkTime {
        let minutes = Rounding::Nearest.apply(whole(self.solidarity.minutes) * quota);
        WorkTime::minutes(u32::try_from(minutes).unwrap_or(0))
    }
}

/// RTT days by weekly hours (circular of 18 January 2012, NOR MFPF1202031C; service-public F13712).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rtt {
    table: Vec<Row>,
    otherwise: Formula,
    legal_week: WorkTime,
    longest_week: WorkTime,
    rounding: Rounding,
    usable_until: DayOfYear,
    usable_years_later: u8,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    weekly: WorkTime,
    below: Option<WorkTime>,
    days: u32,
}

/// Days that bring the year back to its hours: ⌈(days × daily hours − hours) ÷ daily hours⌉.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Formula {
    worked_days: u32,
    weekly_days: u32,
    hours: WorkTime,
}

/// A week longer than the law allows (D 2000-815 art. 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a week of {0} is longer than the law allows")]
pub struct WeekTooLong(pub WorkTime);

impl Rtt {
    /// The yearly days of an agent at full time.
    ///
    /// # Errors
    /// [`WeekTooLong`] above the longest week.
    pub fn full_time_days(&self, weekly: WorkTime) -> Result<u32, WeekTooLong> {
        if weekly > self.longest_week {
            return Err(WeekTooLong(weekly));
        }
        let row = self.table.iter().find(|row| match row.below {
            Some(below) => row.weekly <= weekly && weekly < below,
            None => row.weekly == weekly,
        });
        Ok(match row {
            Some(row) => row.days,
            None if weekly <= self.legal_week => 0,
            None => self.otherwise.days(weekly),
        })
    }

    /// The yearly days at `quota`, exact.
    ///
    /// # Errors
    /// [`WeekTooLong`] above the longest week.
    pub fn exact_days(&self, weekly: WorkTime, quota: Ratio) -> Result<Ratio, WeekTooLong> {
        Ok(whole(self.full_time_days(weekly)?) * quota)
    }

    /// The yearly days at `quota`, rounded to the half-day.
    ///
    /// # Errors
    /// [`WeekTooLong`] above the longest week.
    pub fn days(&self, weekly: WorkTime, quota: Ratio) -> Result<HalfDays, WeekTooLong> {
        Ok(HalfDays::from_days(self.exact_days(weekly, quota)?, self.rounding))
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

impl Formula {
    fn days(&self, weekly: WorkTime) -> u32 {
        let daily = weekly.in_hours() / whole(self.weekly_days.max(1));
        let excess = (whole(self.worked_days) * daily - self.hours.in_hours()) / daily;
        u32::try_from(Rounding::Up.apply(excess)).unwrap_or(0)
    }
}

/// The City's cycle of variable hours: RTT earned month by month up to a yearly ceiling.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RttCycle {
    daily: WorkTime,
    max_days_a_year: u32,
    half_days_a_month: u32,
}

impl RttCycle {
    /// The length of a day.
    pub fn daily(&self) -> WorkTime {
        self.daily
    }

    /// What is earned by the end of `date`'s month in its year, at full time and present all along.
    pub fn earned_by(&self, date: NaiveDate) -> HalfDays {
        HalfDays::new(self.half_days_a_month.saturating_mul(date.month())).min(HalfDays::days(self.max_days_a_year))
    }
}

/// One RTT day off for each `q` working days of sickness in the year, `q` being the worked days of a year over the
/// RTT days (CGFP L.822-28; circular of 18 January 2012).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RttSickness {
    worked_days: u32,
    quotient_rounding: Rounding,
}

/// What sickness does to the RTT of a year, applied at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RttReduction {
    /// RTT days taken off for the year's sickness.
    pub deducted_days: u32,
    /// What is left of the year's right.
    pub left: HalfDays,
    /// The part of the deduction beyond the year's right, taken from the next one's.
    pub from_next_year: HalfDays,
}

impl RttSickness {
    /// The working days of sickness that cost one RTT day; none without RTT.
    pub fn quotient(&self, full_time_days: u32) -> Option<u32> {
        if full_time_days == 0 {
            return None;
        }
        let quotient = whole(self.worked_days) / whole(full_time_days);
        u32::try_from(self.quotient_rounding.apply(quotient)).ok().map(|quotient| quotient.max(1))
    }

    /// The year's `right` after `sick` working time of sickness, for RTT of `full_time_days` at full time.
    pub fn reduce(&self, full_time_days: u32, right: HalfDays, sick: HalfDays) -> RttReduction {
        let deducted_days = self.quotient(full_time_days).map_or(0, |quotient| sick.get() / 2 / quotient);
        let deducted = HalfDays::days(deducted_days);
        RttReduction {
            deducted_days,
            left: right.saturating_sub(deducted),
            from_next_year: deducted.saturating_sub(right),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;
    use crate::quantity::percent;

    fn book() -> RuleBook {
        RuleBook::embedded().unwrap()
    }

    fn time(text: &str) -> WorkTime {
        text.parse().unwrap()
    }

    #[test]
    fn working_time_is_written_in_hours_and_minutes() {
        assert_eq!(time("37h30"), WorkTime::minutes(2250));
        assert_eq!(time("39h").to_string(), "39h");
        for wrong in ["", "h", "37", "37h60", "37h5x", "+7h", "99999h", "37h300"] {
            assert!(wrong.parse::<WorkTime>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_year_is_1607_hours_and_solidarity_follows_the_quota() {
        let book = book();
        let year = book.at(day("2026-01-01")).work_year().unwrap();
        assert_eq!(year.full_time(), time("1607h"));
        for (quota, due) in [(100, "7h"), (90, "6h18"), (80, "5h36"), (70, "4h54"), (50, "3h30")] {
            assert_eq!(year.solidarity(percent(quota)), time(due));
        }
    }

    #[test]
    fn rtt_follow_the_table() {
        let book = book();
        let rtt = book.at(day("2026-01-01")).rtt().unwrap();
        let table = [
            ("35h", 0),
            ("35h30", 3),
            ("36h", 6),
            ("36h30", 9),
            ("37h", 12),
            ("37h30", 15),
            ("38h", 18),
            ("38h20", 20),
            ("38h59", 20),
            ("39h", 23),
            ("0h", 0),
            ("20h", 0),
        ];
        for (weekly, days) in table {
            assert_eq!(rtt.full_time_days(time(weekly)), Ok(days), "{weekly}");
        }
        assert_eq!(rtt.full_time_days(time("49h")), Err(WeekTooLong(time("49h"))));
    }

    #[test]
    fn between_two_rows_the_formula_that_they_fit_decides() {
        let book = book();
        let rtt = book.at(day("2026-01-01")).rtt().unwrap();
        for row in rtt.table.iter().filter(|row| row.below.is_none()) {
            assert_eq!(rtt.otherwise.days(row.weekly), row.days, "{}", row.weekly);
        }
        assert_eq!(rtt.full_time_days(time("36h15")), Ok(8));
    }

    #[test]
    fn part_time_prorates_rtt() {
        let book = book();
        let rtt = book.at(day("2026-01-01")).rtt().unwrap();
        assert_eq!(rtt.exact_days(time("39h"), percent(90)), Ok(Ratio::new(207, 10)));
        assert_eq!(rtt.days(time("39h"), percent(90)), Ok(HalfDays::days(21)));
        assert_eq!(rtt.days(time("37h30"), percent(80)), Ok(HalfDays::days(12)));
        assert_eq!(rtt.days(time("36h"), percent(50)), Ok(HalfDays::days(3)));
    }

    #[test]
    fn the_city_lets_rtt_be_taken_until_31_march() {
        let book = book();
        let rtt = book.at(day("2026-12-31")).rtt().unwrap();
        let left = |date| rtt.left_on(HalfDays::days(4), 2026, day(date)).unwrap();
        assert_eq!((left("2027-03-31"), left("2027-04-01")), (HalfDays::days(4), HalfDays::ZERO));
        let cycle = book.at(day("2026-12-31")).rtt_cycle().unwrap();
        assert_eq!(cycle.daily(), time("7h54"));
        assert_eq!(cycle.earned_by(day("2026-03-31")), HalfDays::new(15));
        assert_eq!(cycle.earned_by(day("2026-12-31")), HalfDays::days(24));
    }

    #[test]
    fn sickness_takes_one_rtt_day_per_quotient() {
        let book = book();
        let rule = book.at(day("2026-01-01")).rtt_sickness().unwrap();
        let left = |sick| rule.reduce(12, HalfDays::days(12), HalfDays::days(sick)).left;
        assert_eq!(rule.quotient(12), Some(19));
        assert_eq!([left(18), left(19), left(38)], [12, 11, 10].map(HalfDays::days));
        assert_eq!(rule.quotient(20), Some(11));
        assert_eq!(rule.quotient(0), None);
    }

    #[test]
    fn what_exceeds_the_right_is_taken_from_the_next_year() {
        let book = book();
        let rule = book.at(day("2026-01-01")).rtt_sickness().unwrap();
        let reduction = rule.reduce(12, HalfDays::days(2), HalfDays::days(60));
        assert_eq!(reduction.deducted_days, 3);
        assert_eq!((reduction.left, reduction.from_next_year), (HalfDays::ZERO, HalfDays::days(1)));
    }
}
