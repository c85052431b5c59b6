use serde::Deserialize;

use crate::quantity::{Fraction, Ratio, percent};

/// Pay of part-time work: the quota, but 6/7 for 80 % and 32/35 for 90 % (D 2004-777 art. 9; CGFP L.612-5).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartTimePay {
    favoured: Vec<Favoured>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Favoured {
    quota_percent: u32,
    pay: Fraction,
}

impl PartTimePay {
    /// The share of full pay at a quota in percent.
    pub fn share(&self, quota_percent: u32) -> Ratio {
        let favoured = self.favoured.iter().find(|row| row.quota_percent == quota_percent);
        favoured.map_or_else(|| percent(quota_percent), |row| row.pay.ratio())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;

    #[test]
    fn at_60_percent_sick_pay_is_54_then_30_percent_of_full_pay() {
        let book = RuleBook::embedded().unwrap();
        let rules = book.at(day("2026-01-01"));
        let (part, sick) = (rules.part_time_pay().unwrap(), rules.sick_pay().unwrap());
        assert_eq!(part.share(60) * sick.full(), percent(54));
        assert_eq!(part.share(60) * sick.reduced(), percent(30));
    }

    #[test]
    fn quotas_of_80_and_90_percent_are_paid_above_their_work() {
        let book = RuleBook::embedded().unwrap();
        let part = book.at(day("2026-01-01")).part_time_pay().unwrap();
        assert_eq!([part.share(80), part.share(90)], [Ratio::new(6, 7), Ratio::new(32, 35)]);
    }
}
