//! Payment of annual leave that could not be taken before the end of service.

use serde::Deserialize;

use crate::carry_over::Hindrance;
use crate::quantity::{Cents, HalfDays, Ratio, Rounding, whole};

/// A day is worth a gross month times 12 over 250, within the first four weeks of each year's leave unless a family leave
/// hindered (D 85-1250 art. 5-2; arrêté of 21 June 2025).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndOfServiceIndemnity {
    months_a_year: u32,
    days_a_year: u32,
    cap_weeks: u32,
}

impl EndOfServiceIndemnity {
    /// The gross worth of one day, rounded for display: a total is computed from the month and rounded once.
    pub fn per_day(&self, gross_month: Cents) -> Cents {
        gross_month.times(self.daily_share())
    }

    /// What of a year's right of `entitled`, of which `taken` was used, may be paid.
    pub(crate) fn payable(
        &self,
        hindrance: Hindrance,
        weekly_days: Ratio,
        entitled: HalfDays,
        taken: HalfDays,
    ) -> HalfDays {
        self.paid_days(entitled, hindrance, weekly_days).saturating_sub(taken)
    }

    /// The days that are paid of those not taken.
    pub fn paid_days(&self, not_taken: HalfDays, hindrance: Hindrance, weekly_days: Ratio) -> HalfDays {
        match hindrance {
            Hindrance::Family => not_taken,
            Hindrance::Sickness => {
                not_taken.min(HalfDays::from_days(weekly_days * whole(self.cap_weeks), Rounding::Up))
            }
        }
    }

    /// The gross worth of so many paid days.
    pub fn total(&self, gross_month: Cents, paid_days: HalfDays) -> Cents {
        gross_month.times(self.daily_share() * paid_days.in_days())
    }

    fn daily_share(&self) -> Ratio {
        whole(self.months_a_year) / whole(self.days_a_year.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;

    #[test]
    fn a_day_is_a_month_times_12_over_250() {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2026-01-01")).end_of_service_indemnity().unwrap();
        let total = |cents, days| rule.total(Cents::new(cents), HalfDays::days(days)).to_string();
        assert_eq!(total(250_000, 14), "1680.00");
        assert_eq!(total(312_550, 20), "3000.48");
        assert_eq!(rule.per_day(Cents::new(312_550)).to_string(), "150.02");
    }

    #[test]
    fn four_weeks_are_the_most_unless_a_family_leave_hindered() {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2026-01-01")).end_of_service_indemnity().unwrap();
        let paid = |hindrance| rule.paid_days(HalfDays::days(25), hindrance, whole(5));
        assert_eq!(paid(Hindrance::Sickness), HalfDays::days(20));
        assert_eq!(paid(Hindrance::Family), HalfDays::days(25));
    }
}
