//! Whether enough of a unit are present.

use events::HalfDaySet;
use events::leave::StaffingBreach;
use events::unit::{StaffingLimit, StaffingRule};

use crate::period::HalfDay;

/// One agent of a unit, over the half-days looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Member {
    /// What he does.
    pub title: Option<String>,
    /// When he is due to work.
    pub due: HalfDaySet,
    /// When he is away, or would be.
    pub away: HalfDaySet,
}

/// The rules that are broken on one of `half_days` by those of the unit who would be away.
#[must_use]
pub fn breaches(rules: &[StaffingRule], members: &[Member], half_days: &HalfDaySet) -> Vec<StaffingBreach> {
    let broken = |rule: &StaffingRule| {
        let counted: Vec<_> =
            members.iter().filter(|member| rule.title.is_none() || rule.title == member.title).collect();
        let holds_on = |at: &HalfDay| rule.on.as_ref().is_none_or(|on| on.works(*at));
        let broken_on = half_days.iter().filter(holds_on).filter(|at| {
            let due = counted.iter().filter(|member| member.due.contains(*at));
            let (all, away) =
                due.fold((0u32, 0u32), |(all, away), member| (all + 1, away + u32::from(member.away.contains(*at))));
            breaks(rule.limit, all, away)
        });
        StaffingBreach { rule: rule.name.clone(), half_days: broken_on.collect() }
    };
    rules.iter().map(broken).filter(|breach| !breach.half_days.is_empty()).collect()
}

const fn breaks(limit: StaffingLimit, due: u32, away: u32) -> bool {
    match limit {
        StaffingLimit::MinPresent(least) => due.saturating_sub(away) < least,
        StaffingLimit::MaxAbsent(most) => away > most,
        StaffingLimit::MaxAbsentPercent(most) => away as u64 * 100 > due as u64 * most as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::day;
    use crate::{Period, WorkCycle};

    fn monday() -> HalfDaySet {
        Period::days(day("2026-05-11"), day("2026-05-11")).unwrap().half_days().collect()
    }

    fn member(title: &str, away: bool) -> Member {
        let away = if away { monday() } else { HalfDaySet::default() };
        Member { title: Some(title.to_owned()), due: monday(), away }
    }

    fn rule(limit: StaffingLimit) -> StaffingRule {
        StaffingRule { name: "counter".to_owned(), title: None, on: None, limit }
    }

    fn broken(rule: StaffingRule, members: &[Member]) -> HalfDaySet {
        breaches(&[rule], members, &monday()).pop().map(|breach| breach.half_days).unwrap_or_default()
    }

    #[test]
    fn each_limit_holds_up_to_its_number() {
        let three = [member("Staff", true), member("Staff", false), member("Director", true)];
        for (limit, holds) in [
            (StaffingLimit::MinPresent(1), true),
            (StaffingLimit::MinPresent(2), false),
            (StaffingLimit::MaxAbsent(2), true),
            (StaffingLimit::MaxAbsent(1), false),
            (StaffingLimit::MaxAbsentPercent(67), true),
            (StaffingLimit::MaxAbsentPercent(66), false),
        ] {
            assert_eq!(broken(rule(limit), &three).is_empty(), holds, "{limit:?}");
        }
    }

    #[test]
    fn a_rule_counts_its_title_and_its_half_days_alone() {
        let members = [member("Director", true), member("Staff", true)];
        let directors = StaffingRule { title: Some("Director".to_owned()), ..rule(StaffingLimit::MaxAbsent(1)) };
        assert!(broken(directors, &members).is_empty());
        let mornings = StaffingRule {
            on: Some(WorkCycle::weekly("10101010100000").unwrap()),
            ..rule(StaffingLimit::MaxAbsent(1))
        };
        assert_eq!(broken(mornings, &members), [HalfDay::morning(day("2026-05-11"))].into_iter().collect());
    }

    #[test]
    fn who_is_not_due_is_neither_present_nor_away() {
        let off = Member { due: HalfDaySet::default(), ..member("Staff", true) };
        assert!(broken(rule(StaffingLimit::MaxAbsent(0)), std::slice::from_ref(&off)).is_empty());
        assert_eq!(broken(rule(StaffingLimit::MinPresent(1)), &[off]), monday());
    }
}
