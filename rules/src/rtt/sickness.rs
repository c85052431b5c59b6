use serde::Deserialize;

use crate::quantity::{HalfDays, Rounding, whole};

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

    fn book() -> RuleBook {
        RuleBook::embedded().unwrap()
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
