use super::{LONGEST_NAME, State, UnitRefusal, open, text};
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
    open(state)?;
    supported(from)?;
    if rules.len() > MOST_RULES {
        return Err(UnitRefusal::Rules(format!("a unit has at most {MOST_RULES} staffing rules")));
    }
    let mut names = BTreeSet::new();
    for rule in &rules {
        text("rules.name", &rule.name, LONGEST_NAME)?;
        if !names.insert(&rule.name) {
            return Err(UnitRefusal::Rules("two staffing rules have one name".to_owned()));
        }
        if matches!(rule.limit, StaffingLimit::MaxAbsentPercent(101..)) {
            return Err(UnitRefusal::Rules("rules.limit: at most 100 per cent".to_owned()));
        }
    }
    Ok(vec![UnitEvent::StaffingRulesSet { rules, from }])
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
    fn two_of_one_name_and_more_than_all_are_refused() {
        let limit = StaffingLimit::MaxAbsent(1);
        for rules in [&[("one", limit), ("one", limit)][..], &[("all", StaffingLimit::MaxAbsentPercent(101))]] {
            assert!(matches!(
                super::decide(&State::default().after(&opened()), set(rules)),
                Err(UnitRefusal::Rules(_))
            ));
        }
    }
}
