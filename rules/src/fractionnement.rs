//! *Fractionnement*: extra days for annual leave taken out of season.

use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

use crate::date::DayOfYear;
use crate::holidays::Calendar;
use crate::leave_cost::{LeaveCost, charged};
use crate::pattern::WorkSchedule;
use crate::period::Period;
use crate::quantity::HalfDays;

/// One or two days for 5 or 8 days of annual leave taken outside 1 May to 31 October (D 85-1250 art. 1). Neither RTT
/// nor CET days count, and the thresholds are the same in part time.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fractionnement {
    season: (DayOfYear, DayOfYear),
    steps: Vec<Step>,
    credited_in_january_days: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    from_days: u32,
    bonus_days: u32,
}

impl Fractionnement {
    /// The bonus for what was taken out of season in one calendar year.
    pub fn bonus(&self, taken_out_of_season: HalfDays) -> HalfDays {
        let reached = self.steps.iter().filter(|step| HalfDays::days(step.from_days) <= taken_out_of_season);
        HalfDays::days(reached.map(|step| step.bonus_days).max().unwrap_or(0))
    }

    /// The bonus that no leave exceeds.
    pub fn most(&self) -> HalfDays {
        HalfDays::days(self.steps.iter().map(|step| step.bonus_days).max().unwrap_or(0))
    }

    /// What annual leave over `period` takes out of season, by calendar year.
    pub fn out_of_season(&self, period: Period, schedule: &WorkSchedule, calendar: &Calendar) -> LeaveCost {
        charged(period, schedule, calendar).filter(|half_day| self.is_out_of_season(half_day.date)).collect()
    }

    /// The bonus of each calendar year that annual leave over these periods touches, taken alone.
    pub fn bonus_by_year(
        &self,
        periods: &[Period],
        schedule: &WorkSchedule,
        calendar: &Calendar,
    ) -> Vec<(i32, HalfDays)> {
        let costs: Vec<_> = periods.iter().map(|period| self.out_of_season(*period, schedule, calendar)).collect();
        let mut years: Vec<_> =
            periods.iter().flat_map(|period| period.start().date.year()..=period.end().date.year()).collect();
        years.sort_unstable();
        years.dedup();
        years.into_iter().map(|year| (year, self.bonus(costs.iter().map(|cost| cost.in_year(year)).sum()))).collect()
    }

    /// Whether a half-day of this date counts as taken out of season.
    pub fn is_out_of_season(&self, date: NaiveDate) -> bool {
        let (first, last) = self.season;
        !(first..=last).contains(&DayOfYear::of(date))
    }

    /// What the City credits in January ahead of the right, to be taken back if it is not earned.
    pub fn credited_in_january(&self) -> HalfDays {
        HalfDays::days(self.credited_in_january_days)
    }

    /// What is taken back the next January from an agent who took this much out of season.
    pub fn taken_back(&self, taken_out_of_season: HalfDays) -> HalfDays {
        self.credited_in_january().saturating_sub(self.bonus(taken_out_of_season))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::day;
    use crate::{Half, HalfDay, RuleBook, WorkCycle};

    fn bonus_of(periods: &[Period]) -> Vec<(i32, HalfDays)> {
        let book = RuleBook::embedded().unwrap();
        let full_time = WorkSchedule::from(WorkCycle::weekly("11111111110000").unwrap());
        book.at(day("2026-01-01")).fractionnement().unwrap().bonus_by_year(periods, &full_time, book.calendar())
    }

    fn days(first: &str, last: &str) -> Period {
        Period::days(day(first), day(last)).unwrap()
    }

    #[test]
    fn the_bonus_starts_at_5_and_8_days() {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2026-01-01")).fractionnement().unwrap();
        for (half_days, bonus) in [(9, 0), (10, 1), (15, 1), (16, 2), (24, 2)] {
            assert_eq!(rule.bonus(HalfDays::new(half_days)), HalfDays::days(bonus));
        }
    }

    #[test]
    fn eight_days_around_1_may_give_nothing() {
        assert_eq!(bonus_of(&[days("2026-04-27", "2026-05-07")]), [(2026, HalfDays::ZERO)]);
    }

    #[test]
    fn ten_days_around_31_october_give_one() {
        assert_eq!(bonus_of(&[days("2026-10-26", "2026-11-06")]), [(2026, HalfDays::days(1))]);
    }

    #[test]
    fn eight_days_in_february_give_two() {
        assert_eq!(bonus_of(&[days("2026-02-23", "2026-03-04")]), [(2026, HalfDays::days(2))]);
    }

    #[test]
    fn a_leave_over_new_year_counts_in_each_year_alone() {
        let start = HalfDay { date: day("2026-12-28"), half: Half::Afternoon };
        let leave = Period::new(start, HalfDay::afternoon(day("2027-01-08"))).unwrap();
        assert_eq!(bonus_of(&[leave]), [(2026, HalfDays::ZERO), (2027, HalfDays::days(1))]);
    }

    #[test]
    fn the_season_is_from_1_may_to_31_october_both_included() {
        let book = RuleBook::embedded().unwrap();
        let every_day = WorkSchedule::from(WorkCycle::weekly("11111111111111").unwrap());
        let rule = book.at(day("2025-01-01")).fractionnement().unwrap();
        let outside = |date| rule.out_of_season(days(date, date), &every_day, book.calendar()).total();
        assert_eq!([outside("2025-04-30"), outside("2025-05-02")], [HalfDays::days(1), HalfDays::ZERO]);
        assert_eq!([outside("2025-10-31"), outside("2025-11-02")], [HalfDays::ZERO, HalfDays::days(1)]);
    }

    #[test]
    fn leaves_of_one_year_add_up() {
        let leaves = [days("2026-02-23", "2026-02-25"), days("2026-11-16", "2026-11-17")];
        assert_eq!(bonus_of(&leaves), [(2026, HalfDays::days(1))]);
    }

    #[test]
    fn the_city_takes_one_day_back_when_6_were_taken_out_of_season() {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2026-01-01")).fractionnement().unwrap();
        assert_eq!(rule.credited_in_january(), HalfDays::days(2));
        assert_eq!(rule.taken_back(HalfDays::days(6)), HalfDays::days(1));
    }
}
