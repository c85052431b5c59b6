use serde::Deserialize;

use super::WorkTime;
use crate::quantity::{HalfDays, Ratio, Rounding, whole};

/// RTT days by weekly hours (circular of 18 January 2012, NOR MFPF1202031C; service-public F13712).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rtt {
    table: Vec<Row>,
    otherwise: Formula,
    legal_week: WorkTime,
    longest_week: WorkTime,
    rounding: Rounding,
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
    /// Whether the law allows a week of this length.
    ///
    /// # Errors
    /// [`WeekTooLong`] above the longest week.
    pub fn check(&self, weekly: WorkTime) -> Result<(), WeekTooLong> {
        if weekly > self.longest_week { Err(WeekTooLong(weekly)) } else { Ok(()) }
    }

    /// The yearly days of an agent at full time.
    ///
    /// # Errors
    /// [`WeekTooLong`] above the longest week.
    pub fn full_time_days(&self, weekly: WorkTime) -> Result<u32, WeekTooLong> {
        self.check(weekly)?;
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

    /// The yearly days that no agent with this full-time week exceeds, or with the longest where it is not known or longer.
    pub fn most(&self, weekly: Option<WorkTime>) -> HalfDays {
        let weekly = weekly.unwrap_or(self.longest_week).min(self.longest_week);
        HalfDays::days(self.full_time_days(weekly).unwrap_or(0))
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
        Ok(self.rounded(self.exact_days(weekly, quota)?))
    }

    /// So many `days`, rounded to the half-day.
    pub fn rounded(&self, days: Ratio) -> HalfDays {
        HalfDays::from_days(days, self.rounding)
    }
}

impl Formula {
    fn days(&self, weekly: WorkTime) -> u32 {
        let daily = weekly.in_hours() / whole(self.weekly_days.max(1));
        let excess = (whole(self.worked_days) * daily - self.hours.in_hours()) / daily;
        u32::try_from(Rounding::Up.apply(excess)).unwrap_or(0)
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
}
