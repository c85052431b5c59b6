//! Rights that may be used inside a time, and the uses that they have to cover.

use chrono::NaiveDate;

use super::rights::Because;
use crate::quantity::HalfDays;

/// A right: so many half-days, to be used from one date to another.
#[derive(Clone, Debug)]
pub(super) struct Supply {
    pub(super) half_days: HalfDays,
    pub(super) from: NaiveDate,
    pub(super) until: NaiveDate,
    pub(super) because: Because,
}

/// A use of so many half-days on one date.
#[derive(Clone, Debug)]
pub(super) struct Demand {
    pub(super) half_days: HalfDays,
    pub(super) on: NaiveDate,
}

/// How the uses were covered.
pub(super) struct Cover {
    /// What is left of each right, in their order.
    pub(super) left: Vec<HalfDays>,
    /// What no right covers.
    pub(super) unmet: HalfDays,
}

/// Covers the uses in the order of their dates, each by the right that ends first: whatever can be covered, is.
pub(super) fn cover(supplies: &[Supply], demands: &[Demand]) -> Cover {
    let mut left: Vec<HalfDays> = supplies.iter().map(|supply| supply.half_days).collect();
    let mut by_end: Vec<usize> = (0..supplies.len()).collect();
    by_end.sort_by_key(|place| supplies.get(*place).map(|supply| supply.until));
    let mut demands: Vec<&Demand> = demands.iter().collect();
    demands.sort_by_key(|demand| demand.on);
    let mut unmet = HalfDays::ZERO;
    for demand in demands {
        let mut open = demand.half_days;
        for place in &by_end {
            let (Some(supply), Some(rest)) = (supplies.get(*place), left.get_mut(*place)) else { continue };
            if supply.from <= demand.on && demand.on <= supply.until {
                let used = open.min(*rest);
                *rest = rest.saturating_sub(used);
                open = open.saturating_sub(used);
            }
        }
        unmet += open;
    }
    Cover { left, unmet }
}

/// How much more can be used on this date without taking from any other use.
pub(super) fn spare(supplies: &[Supply], demands: &[Demand], on: NaiveDate) -> HalfDays {
    let unmet = cover(supplies, demands).unmet;
    let fits = |more: u32| {
        let more = Demand { half_days: HalfDays::new(more), on };
        cover(supplies, &[demands, &[more]].concat()).unmet == unmet
    };
    let (mut fitting, mut most) = (0, supplies.iter().map(|supply| supply.half_days).sum::<HalfDays>().get());
    while fitting < most {
        let middle = fitting + (most - fitting).div_ceil(2);
        if fits(middle) { fitting = middle } else { most = middle - 1 }
    }
    HalfDays::new(fitting)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::day;
    use proptest::prelude::*;

    fn supply(half_days: u32, from: &str, until: &str) -> Supply {
        Supply {
            half_days: HalfDays::new(half_days),
            from: day(from),
            until: day(until),
            because: Because::Rule { rule: String::new(), source: String::new(), behind: vec![] },
        }
    }

    fn demand(half_days: u32, on: &str) -> Demand {
        Demand { half_days: HalfDays::new(half_days), on: day(on) }
    }

    #[test]
    fn a_later_use_keeps_what_an_earlier_one_must_not_take() {
        let supplies = [supply(5, "2026-01-31", "2027-03-31"), supply(5, "2026-02-28", "2027-03-31")];
        let later = [demand(8, "2026-03-02")];
        assert_eq!(spare(&supplies, &later, day("2026-02-02")), HalfDays::new(2));
        assert_eq!(spare(&supplies, &later, day("2026-01-02")), HalfDays::ZERO);
        assert_eq!(spare(&supplies, &later, day("2027-04-01")), HalfDays::ZERO);
    }

    #[test]
    fn what_ends_first_is_used_first() {
        let supplies = [supply(4, "2026-01-01", "2026-12-31"), supply(4, "2026-01-01", "2026-03-31")];
        let cover = cover(&supplies, &[demand(4, "2026-03-02")]);
        assert_eq!(cover.left, [HalfDays::new(4), HalfDays::ZERO]);
    }

    proptest! {
        #[test]
        fn what_is_said_to_be_spare_can_be_used_and_not_one_more(
            rights in prop::collection::vec((0u32..6, 0u64..60, 0u64..60), 0..5),
            uses in prop::collection::vec((0u32..4, 0u64..90), 0..8),
            on in 0u64..90,
        ) {
            let at = |days| day("2026-01-01") + chrono::Days::new(days);
            let supplies: Vec<_> = rights
                .into_iter()
                .map(|(n, from, length)| Supply { from: at(from), until: at(from + length), ..supply(n, "2026-01-01", "2026-01-01") })
                .collect();
            let demands: Vec<_> = uses.into_iter().map(|(n, on)| Demand { half_days: HalfDays::new(n), on: at(on) }).collect();
            let spare = spare(&supplies, &demands, at(on));
            let unmet = |more| {
                let more = Demand { half_days: HalfDays::new(more), on: at(on) };
                cover(&supplies, &[&demands[..], &[more]].concat()).unmet
            };
            prop_assert_eq!(unmet(spare.get()), unmet(0));
            prop_assert!(unmet(spare.get() + 1) > unmet(0));
        }
    }
}
