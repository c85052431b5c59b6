//! Minimum rest: a breach is an alert, never a refusal.

use serde::{Deserialize, Serialize};

use crate::rtt::WorkTime;

/// At most 10 hours a day within a span of 12, 11 hours of rest, 48 hours a week and 44 on average over 12, 35 hours
/// of weekly rest (D 2000-815 art. 3).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RestGuarantees {
    longest_day: WorkTime,
    longest_span: WorkTime,
    least_daily_rest: WorkTime,
    longest_week: WorkTime,
    longest_average_week: WorkTime,
    average_weeks: u32,
    least_weekly_rest: WorkTime,
}

/// What an agent worked and rested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Worked {
    /// The longest day.
    pub day: WorkTime,
    /// The longest span from the start to the end of a day.
    pub span: WorkTime,
    /// The shortest rest between two days.
    pub daily_rest: WorkTime,
    /// The longest week.
    pub week: WorkTime,
    /// The longest average over the reference weeks.
    pub average_week: WorkTime,
    /// The shortest weekly rest.
    pub weekly_rest: WorkTime,
}

/// A guarantee that was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RestAlert {
    /// Too long a day.
    Day,
    /// Too long from start to end.
    Span,
    /// Too short a night.
    DailyRest,
    /// Too long a week.
    Week,
    /// Too long weeks on average.
    AverageWeek,
    /// Too short a weekly rest.
    WeeklyRest,
}

impl RestGuarantees {
    /// The guarantees that were not kept.
    pub fn alerts(&self, worked: Worked) -> Vec<RestAlert> {
        [
            (RestAlert::Day, worked.day > self.longest_day),
            (RestAlert::Span, worked.span > self.longest_span),
            (RestAlert::DailyRest, worked.daily_rest < self.least_daily_rest),
            (RestAlert::Week, worked.week > self.longest_week),
            (RestAlert::AverageWeek, worked.average_week > self.longest_average_week),
            (RestAlert::WeeklyRest, worked.weekly_rest < self.least_weekly_rest),
        ]
        .into_iter()
        .filter_map(|(alert, broken)| broken.then_some(alert))
        .collect()
    }

    /// The number of weeks over which the average is taken.
    pub fn average_weeks(&self) -> u32 {
        self.average_weeks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;

    #[test]
    fn each_guarantee_that_is_broken_is_named() {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2026-01-01")).rest_guarantees().unwrap();
        let hours = |hours: u32| WorkTime::minutes(hours * 60);
        let kept = Worked {
            day: hours(10),
            span: hours(12),
            daily_rest: hours(11),
            week: hours(48),
            average_week: hours(44),
            weekly_rest: hours(35),
        };
        assert_eq!(rule.alerts(kept), []);
        let broken = Worked { day: hours(11), daily_rest: hours(10), ..kept };
        assert_eq!(rule.alerts(broken), [RestAlert::Day, RestAlert::DailyRest]);
        assert_eq!(rule.average_weeks(), 12);
    }
}
