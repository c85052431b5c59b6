use serde::Deserialize;

use super::WorkTime;
use crate::quantity::{HalfDays, Ratio, Rounding, whole};

/// A year's work: 1607 hours, of which the day of solidarity (D 2000-815 art. 1; D 2001-623 art. 1; L 2004-626).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkYear {
    hours: WorkTime,
    solidarity: WorkTime,
    day: WorkTime,
}

impl WorkYear {
    /// The year's work at full time.
    pub fn full_time(&self) -> WorkTime {
        WorkTime::minutes(self.hours.as_minutes() + self.solidarity.as_minutes())
    }

    /// The solidarity hours due at `quota`, to the minute.
    pub fn solidarity(&self, quota: Ratio) -> WorkTime {
        let minutes = Rounding::Nearest.apply(whole(self.solidarity.as_minutes()) * quota);
        WorkTime::minutes(u32::try_from(minutes).unwrap_or(0))
    }

    /// What an agent at `quota` owes over the year; days of fractionnement lower it (QE AN 64242).
    pub fn due(&self, quota: Ratio, fractionnement: HalfDays) -> WorkTime {
        let bonus = whole(self.day.as_minutes()) * fractionnement.in_days();
        let minutes = Rounding::Nearest.apply(whole(self.full_time().as_minutes()) * quota - bonus);
        WorkTime::minutes(u32::try_from(minutes).unwrap_or(0))
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
    fn a_year_is_1607_hours_and_solidarity_follows_the_quota() {
        let book = book();
        let year = book.at(day("2026-01-01")).work_year().unwrap();
        assert_eq!(year.full_time(), time("1607h"));
        for (quota, due) in [(100, "7h"), (90, "6h18"), (80, "5h36"), (70, "4h54"), (50, "3h30")] {
            assert_eq!(year.solidarity(percent(quota)), time(due));
        }
    }

    #[test]
    fn days_of_fractionnement_lower_the_year() {
        let book = book();
        let year = book.at(day("2026-01-01")).work_year().unwrap();
        assert_eq!(year.due(percent(100), HalfDays::days(2)), time("1593h"));
        assert_eq!(year.due(percent(50), HalfDays::ZERO), time("803h30"));
    }
}
