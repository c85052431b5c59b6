//! Whether enough of a unit are present.

use events::leave::StaffingBreach;
use events::unit::{StaffingLimit, StaffingRule};
use events::{HalfDaySet, UnitId};

use crate::employment::{Dated, Employment};
use crate::holidays::Calendar;
use crate::period::HalfDay;
use crate::unit::Unit;

/// One agent of a unit, over the half-days looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Member {
    /// What he does, by date.
    pub titles: Dated<String>,
    /// When he is due to work, while he is of the unit.
    pub due: HalfDaySet,
    /// When he is away for certain, or would be by the absence in question: what others only asked for does not count.
    pub away: HalfDaySet,
}

impl Member {
    /// An agent whom `unit` has there on all half-days of these on which he is due; nothing for who is due on none.
    #[must_use]
    pub fn of(employment: &Employment, unit: UnitId, half_days: &HalfDaySet, calendar: &Calendar) -> Option<Self> {
        let is_due = |at: &HalfDay| {
            employment.units().on(at.date) == Some(&unit)
                && employment.in_service(at.date)
                && employment.pattern_works(*at, calendar)
        };
        let due: HalfDaySet = half_days.iter().filter(is_due).collect();
        (!due.is_empty()).then(|| Self { titles: employment.titles().clone(), due, away: HalfDaySet::default() })
    }
}

/// The rules of the unit, as they are on each day, that are broken on one of `half_days` by those who would be away.
#[must_use]
pub fn breaches(unit: &Unit, members: &[Member], half_days: &HalfDaySet) -> Vec<StaffingBreach> {
    let mut broken: Vec<(&str, Vec<HalfDay>)> = Vec::new();
    for at in half_days.iter() {
        for rule in unit.staffing_on(at.date).iter().filter(|rule| is_broken(rule, members, at)) {
            match broken.iter_mut().find(|(name, _)| *name == rule.name) {
                Some((_, broken_on)) => broken_on.push(at),
                None => broken.push((&rule.name, vec![at])),
            }
        }
    }
    let breach = |(rule, on): (&str, Vec<HalfDay>)| StaffingBreach {
        rule: rule.to_owned(),
        half_days: on.into_iter().collect(),
    };
    broken.into_iter().map(breach).collect()
}

fn is_broken(rule: &StaffingRule, members: &[Member], at: HalfDay) -> bool {
    if rule.on.as_ref().is_some_and(|on| !on.works(at)) {
        return false;
    }
    let counts = |member: &&Member| rule.title.is_none() || rule.title.as_ref() == member.titles.on(at.date);
    let due = members.iter().filter(counts).filter(|member| member.due.contains(at));
    let (all, away) = due.fold((0u32, 0u32), |(all, away), one| (all + 1, away + u32::from(one.away.contains(at))));
    breaks(rule.limit, all, away)
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
    use events::employment::EmploymentEvent;
    use events::unit::UnitEvent;

    fn monday() -> HalfDaySet {
        Period::days(day("2026-05-11"), day("2026-05-11")).unwrap().half_days().collect()
    }

    fn since(from: &str, title: &str) -> Dated<String> {
        let mut titles = Dated::default();
        titles.set(day(from), title.to_owned());
        titles
    }

    fn unit(rules: Vec<StaffingRule>, from: &str) -> Unit {
        Unit::default().after(&UnitEvent::StaffingRulesSet { rules, from: day(from) })
    }

    fn member(title: &str, away: bool) -> Member {
        let away = if away { monday() } else { HalfDaySet::default() };
        Member { titles: since("2020-01-01", title), due: monday(), away }
    }

    fn rule(limit: StaffingLimit) -> StaffingRule {
        StaffingRule { name: "counter".to_owned(), title: None, on: None, limit }
    }

    fn broken(rule: StaffingRule, members: &[Member]) -> HalfDaySet {
        breaches(&unit(vec![rule], "2020-01-01"), members, &monday())
            .pop()
            .map(|breach| breach.half_days)
            .unwrap_or_default()
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

    #[test]
    fn a_unit_counts_an_agent_while_he_is_of_it_and_in_service() {
        let [unit, other] = [1, 2].map(|id| UnitId::from_uuid(uuid::Uuid::from_u128(id)));
        let employment = [
            EmploymentEvent::ServiceEntered { on: day("2026-05-12") },
            EmploymentEvent::WorkPatternSet {
                pattern: WorkCycle::weekly("11111111100000").unwrap(),
                from: day("2020-01-01"),
            },
            EmploymentEvent::UnitAssigned { unit, from: day("2020-01-01") },
            EmploymentEvent::UnitAssigned { unit: other, from: day("2026-05-15") },
        ];
        let employment = employment.iter().fold(Employment::default(), Employment::after);
        let week: HalfDaySet = Period::days(day("2026-05-11"), day("2026-05-15")).unwrap().half_days().collect();
        let calendar = crate::RuleBook::embedded().unwrap().calendar().clone();
        let due = |unit| Member::of(&employment, unit, &week, &calendar).map(|member| Vec::from(member.due));
        // Not in service on the first day, a holiday on the fourth, noon on the last.
        assert_eq!(due(unit), Some(vec!["2026-05-12".to_owned(), "2026-05-13".to_owned()]));
        assert_eq!(due(other), Some(vec!["2026-05-15 AM".to_owned()]));
        assert_eq!(Member::of(&employment, other, &monday(), &calendar), None);
        let by_unit = employment.by_unit(&week);
        assert_eq!(by_unit.get(&other).map(HalfDaySet::first), Some(Some(HalfDay::morning(day("2026-05-15")))));
        assert_eq!(by_unit.values().fold(HalfDaySet::default(), |all, one| all.or(one)), week);
    }

    #[test]
    fn rules_and_titles_are_those_of_each_day() {
        let days = |first, last| Period::days(day(first), day(last)).unwrap().half_days().collect::<HalfDaySet>();
        let week = days("2026-05-11", "2026-05-15");
        let nobody_away = StaffingRule { title: Some("Director".to_owned()), ..rule(StaffingLimit::MaxAbsent(0)) };
        let unit = unit(vec![nobody_away], "2026-05-12");
        let mut titles = since("2020-01-01", "Director");
        titles.set(day("2026-05-14"), "Staff".to_owned());
        let away = Member { titles, due: week.clone(), away: week.clone() };
        let broken = breaches(&unit, &[away], &week);
        assert_eq!(broken.first().map(|breach| &breach.half_days), Some(&days("2026-05-12", "2026-05-13")));
    }
}
