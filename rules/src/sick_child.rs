//! Absences to look after a sick child.

use serde::{Deserialize, Serialize};

use crate::quantity::{Ratio, Rounding, whole};

/// A year's weekly duties and one day, doubled for an agent alone or whose partner has no such right (circular of 20
/// July 1982).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SickChild {
    full_time_weekly_days: u32,
    extra_days: u32,
    alone_factor: u32,
    rounding: Rounding,
    max_age_years: u32,
}

/// The yearly days for a sick child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SickChildDays {
    /// Whole working days.
    pub days: u32,
    /// The same before rounding.
    #[serde(skip)]
    pub exact: Ratio,
}

impl SickChild {
    /// The days of an agent at `quota`, whose full-time colleagues work `weekly_days`.
    pub fn days(&self, weekly_days: Ratio, quota: Ratio, alone: bool) -> SickChildDays {
        let factor = if alone { self.alone_factor } else { 1 };
        let exact = (weekly_days + whole(self.extra_days)) * quota * whole(factor);
        SickChildDays { days: u32::try_from(self.rounding.apply(exact)).unwrap_or(0), exact }
    }

    /// The weekly days of a full-time agent.
    pub fn full_time_weekly_days(&self) -> Ratio {
        whole(self.full_time_weekly_days)
    }

    /// The age up to which a child is one.
    pub fn max_age_years(&self) -> u32 {
        self.max_age_years
    }

    /// Whether a child of this age is one; a disabled child is at any age.
    pub fn covers(&self, age_years: u32, disabled: bool) -> bool {
        disabled || age_years <= self.max_age_years
    }
}

#[cfg(test)]
mod tests {
    use crate::RuleBook;
    use crate::date::day;
    use crate::quantity::percent;

    #[test]
    fn days_follow_the_quota_and_double_for_an_agent_alone() {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2026-01-01")).sick_child().unwrap();
        let days = |quota, alone| rule.days(rule.full_time_weekly_days(), percent(quota), alone).days;
        assert_eq!([days(100, false), days(60, false), days(80, true), days(100, true)], [6, 4, 10, 12]);
    }

    #[test]
    fn a_child_of_17_is_covered_only_if_disabled() {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2026-01-01")).sick_child().unwrap();
        assert!(rule.covers(16, false) && !rule.covers(17, false) && rule.covers(17, true));
    }
}
