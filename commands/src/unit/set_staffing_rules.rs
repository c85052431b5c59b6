use super::{LONGEST_NAME, LONGEST_TITLE, State, UnitRefusal, has_length, open};
use chrono::NaiveDate;
use events::date::supported;
use events::unit::{StaffingLimit, StaffingRule, UnitEvent};
use std::collections::BTreeSet;

/// Says how many must be present, or may be away, from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetStaffingRules {
    /// The rules; none lifts them all.
    pub rules: Vec<StaffingRule>,
    /// From this day on.
    pub from: NaiveDate,
}

const MOST_RULES: usize = 32;

pub(super) fn decide(state: &State, command: SetStaffingRules) -> Result<Vec<UnitEvent>, UnitRefusal> {
    let SetStaffingRules { rules, from } = command;
    let rules: Vec<StaffingRule> = rules.into_iter().map(trimmed).collect();
    open(state)?;
    supported(from)?;
    if rules.len() > MOST_RULES {
        return Err(UnitRefusal::TooManyRules { most: MOST_RULES });
    }
    let mut names = BTreeSet::new();
    for (rule, StaffingRule { name, title, limit, .. }) in rules.iter().enumerate() {
        if !has_length(name, LONGEST_NAME) {
            return Err(UnitRefusal::RuleName { rule, most: LONGEST_NAME });
        }
        if title.as_ref().is_some_and(|title| !has_length(title, LONGEST_TITLE)) {
            return Err(UnitRefusal::RuleTitle { rule, most: LONGEST_TITLE });
        }
        if !names.insert(name) {
            return Err(UnitRefusal::SameName { rule });
        }
        if matches!(limit, StaffingLimit::MaxAbsentPercent(101..)) {
            return Err(UnitRefusal::Percent { rule });
        }
    }
    Ok(vec![UnitEvent::StaffingRulesSet { rules, from }])
}

/// The rule under its name as it is told apart from others: without blanks around it.
fn trimmed(rule: StaffingRule) -> StaffingRule {
    StaffingRule { name: rule.name.trim().to_owned(), ..rule }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specification::given;
    use crate::unit::Unit;

    fn opened() -> UnitEvent {
        UnitEvent::UnitOpened { code: "d005".to_owned(), name: "Development".to_owned(), parent: None }
    }

    fn set(rules: &[(&str, StaffingLimit)]) -> SetStaffingRules {
        let rule = |(name, limit): &(&str, StaffingLimit)| StaffingRule {
            name: (*name).to_owned(),
            title: None,
            on: None,
            limit: *limit,
        };
        SetStaffingRules { rules: rules.iter().map(rule).collect(), from: "2026-01-01".parse().unwrap() }
    }

    #[test]
    fn rules_are_set_and_lifted() {
        for command in [set(&[("counter", StaffingLimit::MinPresent(2))]), set(&[])] {
            let SetStaffingRules { rules, from } = command.clone();
            given::<Unit>([opened()]).when(command).then([UnitEvent::StaffingRulesSet { rules, from }]);
        }
    }

    #[test]
    fn blanks_around_a_name_are_not_of_it() {
        let limit = StaffingLimit::MaxAbsent(1);
        let SetStaffingRules { rules, from } = set(&[("counter", limit)]);
        let blanks = set(&[(" counter\t", limit)]);
        given::<Unit>([opened()]).when(blanks).then([UnitEvent::StaffingRulesSet { rules, from }]);
    }

    #[test]
    fn two_of_one_name_and_more_than_all_are_refused() {
        let limit = StaffingLimit::MaxAbsent(1);
        for (rules, refusal) in [
            (&[("one", limit), ("one", limit)][..], UnitRefusal::SameName { rule: 1 }),
            (&[("one", limit), ("one ", limit)], UnitRefusal::SameName { rule: 1 }),
            (&[("all", StaffingLimit::MaxAbsentPercent(101))], UnitRefusal::Percent { rule: 0 }),
            (&[("one", limit), (" ", limit)], UnitRefusal::RuleName { rule: 1, most: 200 }),
            (&[("many", limit); 33], UnitRefusal::TooManyRules { most: 32 }),
        ] {
            given::<Unit>([opened()]).when(set(rules)).refused(refusal);
        }
    }

    #[test]
    fn names_titles_numbers_and_shares_are_taken_up_to_their_bound() {
        let named = |length: usize, title: usize, percent: u8| StaffingRule {
            name: "é".repeat(length),
            title: Some("é".repeat(title)),
            ..set(&[("", StaffingLimit::MaxAbsentPercent(percent))]).rules.remove(0)
        };
        let of = |rule: StaffingRule| SetStaffingRules { rules: vec![rule], ..set(&[]) };
        let taken = |command| decide(&State::default().after(&opened()), command).is_ok();
        assert!(taken(of(named(200, 200, 100))));
        given::<Unit>([opened()]).when(of(named(201, 1, 100))).refused(UnitRefusal::RuleName { rule: 0, most: 200 });
        given::<Unit>([opened()]).when(of(named(1, 201, 100))).refused(UnitRefusal::RuleTitle { rule: 0, most: 200 });
        let names: Vec<_> = (0..32).map(|number| number.to_string()).collect();
        let limit = StaffingLimit::MaxAbsent(1);
        assert!(taken(set(&names.iter().map(|name| (name.as_str(), limit)).collect::<Vec<_>>())));
    }
}
