//! The yearly entitlement to annual leave (*congé annuel*).

use chrono::{Datelike, NaiveDate};
use events::leave::LeaveType;
use serde::{Deserialize, Serialize};

use crate::date::{DayOfYear, OutsideCalendar, plus_days, supported};
use crate::quantity::{HalfDays, Ratio, Rounding, whole};

/// Five times the weekly days of work (CGFP L.621-1; D 85-1250 art. 1 and 2; D 2004-777 art. 9).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnnualLeave {
    weeks: u32,
    full_time_weekly_days: u32,
    rounding: Rounding,
    service: Vec<Position>,
}

/// What an agent who is not at work may be in, besides on leave of the counters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// Sick leave of any length.
    Sickness,
    /// Accident or illness of service (CITIS).
    WorkInjury,
    /// Maternity leave.
    Maternity,
    /// Birth and paternity leave.
    Paternity,
    /// Adoption leave.
    Adoption,
    /// Carer leave.
    Carer,
    /// Leave to accompany a person at the end of life.
    EndOfLife,
    /// Leave to stay with a child that is gravely ill.
    ParentalPresence,
    /// Professional training leave.
    Training,
    /// Parental leave.
    ParentalLeave,
    /// Availability (*disponibilité*).
    Availability,
    /// Away without leave: no service was done (CGFP L.711-2).
    Unjustified,
}

impl Position {
    /// The position that a leave of this type puts an agent in; none for leave of the counters here, and where the agent
    /// stays at his post.
    pub const fn of(leave_type: LeaveType) -> Option<Self> {
        match leave_type {
            LeaveType::Maternity => Some(Self::Maternity),
            LeaveType::Paternity => Some(Self::Paternity),
            LeaveType::Adoption => Some(Self::Adoption),
            LeaveType::Carer => Some(Self::Carer),
            LeaveType::EndOfLife => Some(Self::EndOfLife),
            LeaveType::ParentalPresence => Some(Self::ParentalPresence),
            LeaveType::Training => Some(Self::Training),
            LeaveType::Unpaid => Some(Self::Availability),
            LeaveType::Unjustified => Some(Self::Unjustified),
            LeaveType::AnnualLeave
            | LeaveType::Rtt
            | LeaveType::TimeSavings
            | LeaveType::BonifiedLeave
            | LeaveType::SpecialAbsence
            | LeaveType::SickChild
            | LeaveType::ExtraBirthLeave
            | LeaveType::DonatedDays => None,
        }
    }
}

/// A stretch of service under one weekly pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    /// Days of work a week: 4.5 for 90 % with Wednesday afternoons off.
    pub weekly_days: Ratio,
    /// Length in months, 12 for the whole year.
    pub months: Ratio,
}

impl AnnualLeave {
    /// The right of an agent present the whole year.
    pub fn full_year(&self, weekly_days: Ratio) -> HalfDays {
        self.of_services(&[Service { weekly_days, months: whole(12) }])
    }

    /// The right of a whole year with so many days of work a week, or with a full-time week if it has more.
    pub fn most(&self, weekly_days: Option<Ratio>) -> HalfDays {
        let full_time = whole(self.full_time_weekly_days);
        self.full_year(weekly_days.map_or(full_time, |days| days.max(full_time)))
    }

    /// The right that the services of one calendar year give, summed exactly and rounded once (art. 2; the rounding
    /// is doctrine).
    pub fn of_services(&self, services: &[Service]) -> HalfDays {
        HalfDays::from_days(self.exact(services), self.rounding)
    }

    /// Whether time in this position is service, and lowers no right (D 85-1250 art. 1).
    pub fn is_service(&self, position: Position) -> bool {
        self.service.contains(&position)
    }

    /// Whether time on leave of this type is service.
    pub fn serves(&self, leave_type: LeaveType) -> bool {
        Position::of(leave_type).is_none_or(|position| self.is_service(position))
    }

    /// The right before rounding, in days.
    pub fn exact(&self, services: &[Service]) -> Ratio {
        services
            .iter()
            .map(|service| service.weekly_days * whole(self.weeks) * service.months / whole(12))
            .fold(Ratio::from_integer(0), |sum, days| sum + days)
    }

    /// A service of part time that is annualised, as if it were spread over each week.
    pub fn annualised_service(&self, quota: Ratio, months: Ratio) -> Service {
        Service { weekly_days: whole(self.full_time_weekly_days) * quota, months }
    }

    /// The right of an agent whose part time is annualised: the full right times the `quota` (CE 8 June 2011
    /// n° 341915).
    pub fn annualised(&self, quota: Ratio, months: Ratio) -> HalfDays {
        self.of_services(&[self.annualised_service(quota, months)])
    }
}

/// What a half-day of this date is of its month.
pub(crate) fn half_day_of_month(date: NaiveDate) -> Ratio {
    Ratio::new(1, 2 * i128::from(date.num_days_in_month()))
}

/// The months of service from `first` to `last` inside the calendar year of `first`, both days included; a part of a
/// month counts by its days.
///
/// # Errors
/// [`OutsideCalendar`] for dates that are not supported.
pub fn months_in_year(first: NaiveDate, last: NaiveDate) -> Result<Ratio, OutsideCalendar> {
    supported(first)?;
    supported(last)?;
    let last = last.min(DayOfYear::LAST.in_year(first.year())?);
    let mut months = whole(0);
    let mut from = first;
    while from <= last {
        let length = u32::from(from.num_days_in_month());
        let rest = i64::from(length - from.day());
        let days = (last - from).num_days().min(rest) + 1;
        months += Ratio::new(i128::from(days), i128::from(length));
        from = match plus_days(from, rest + 1) {
            Ok(next) => next,
            Err(_) => break,
        };
    }
    Ok(months)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;
    use crate::quantity::percent;

    fn rule(check: impl FnOnce(&AnnualLeave)) {
        let book = RuleBook::embedded().unwrap();
        check(book.at(day("2026-01-01")).annual_leave().unwrap());
    }

    fn half_days(text: Ratio) -> HalfDays {
        HalfDays::exactly(text).unwrap()
    }

    #[test]
    fn a_full_year_gives_five_times_the_weekly_days() {
        rule(|leave| {
            for (weekly, right) in [((5, 1), (25, 1)), ((4, 1), (20, 1)), ((9, 2), (45, 2)), ((5, 2), (25, 2))] {
                let weekly = Ratio::new(weekly.0, weekly.1);
                assert_eq!(leave.full_year(weekly), half_days(Ratio::new(right.0, right.1)));
            }
        });
    }

    #[test]
    fn a_partial_year_rounds_up_to_the_half_day() {
        rule(|leave| {
            let right =
                |weekly, months| leave.of_services(&[Service { weekly_days: whole(weekly), months: whole(months) }]);
            assert_eq!(right(5, 10), HalfDays::days(21));
            assert_eq!(right(5, 9), HalfDays::days(19));
            assert_eq!(right(4, 4), HalfDays::days(7));
        });
    }

    #[test]
    fn hired_on_1_march_counts_ten_months() {
        rule(|leave| {
            let months = months_in_year(day("2026-03-01"), day("2027-06-30")).unwrap();
            assert_eq!(months, whole(10));
            assert_eq!(leave.of_services(&[Service { weekly_days: whole(5), months }]), HalfDays::days(21));
        });
    }

    #[test]
    fn part_of_a_month_counts_by_its_days() {
        assert_eq!(months_in_year(day("2026-02-15"), day("2026-03-31")), Ok(Ratio::new(3, 2)));
        assert_eq!(months_in_year(day("2026-03-31"), day("2026-02-15")), Ok(whole(0)));
    }

    #[test]
    fn a_quota_of_80_percent_from_july_after_full_time_gives_12_5_and_10() {
        rule(|leave| {
            let year = [5, 4].map(|weekly| Service { weekly_days: whole(weekly), months: whole(6) });
            assert_eq!(leave.of_services(&year), HalfDays::new(45));
        });
    }

    #[test]
    fn annualised_part_time_has_the_full_right_times_the_quota() {
        rule(|leave| assert_eq!(leave.annualised(percent(80), whole(12)), HalfDays::days(20)));
    }

    #[test]
    fn six_months_of_sickness_lower_nothing_and_six_of_availability_halve_the_right() {
        rule(|leave| {
            let right = |other_half| {
                let months = if leave.is_service(other_half) { 12 } else { 6 };
                leave.of_services(&[Service { weekly_days: whole(5), months: whole(months) }])
            };
            assert_eq!(right(Position::Sickness), HalfDays::days(25));
            assert_eq!(right(Position::Availability), HalfDays::new(25));
        });
    }
}
