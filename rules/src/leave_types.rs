//! What each type of leave draws on, and what all of them have in common.

use std::collections::BTreeMap;

use events::leave::{CounterKind, LeaveType};
use serde::{Deserialize, Serialize};

use crate::consecutive::AbsenceKind;

/// Every type of leave with its properties.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Written")]
pub struct LeaveTypes {
    types: BTreeMap<LeaveType, LeaveTypeRule>,
}

/// What is so of a type of leave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaveTypeRule {
    #[serde(rename = "type")]
    leave_type: LeaveType,
    /// The counters that it draws on, the first that holds enough going first; none for leave that is not counted.
    #[serde(default)]
    pub counters: Vec<CounterKind>,
    /// Whether sickness gives its half-days back (D 85-1250 art. 5-1; for RTT it does not).
    #[serde(default)]
    pub recredited_by_sickness: bool,
    /// Whether nobody may refuse it.
    #[serde(default)]
    pub of_right: bool,
    /// Whether an agent asks for it; else human resources record it.
    #[serde(default = "yes")]
    pub requested: bool,
    /// What proof it needs.
    #[serde(default)]
    pub proof: Proof,
    /// The most calendar days of one request.
    pub longest_days: u32,
}

/// What has to be proved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// Nothing.
    #[default]
    None,
    /// By a document that human resources read.
    Ordinary,
    /// By a document that the health officers alone read.
    Medical,
}

const fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    types: Vec<LeaveTypeRule>,
}

impl LeaveTypes {
    /// What is so of this type.
    pub fn of(&self, leave_type: LeaveType) -> Option<&LeaveTypeRule> {
        self.types.get(&leave_type)
    }

    /// Every type with its properties.
    pub fn iter(&self) -> impl Iterator<Item = (LeaveType, &LeaveTypeRule)> {
        self.types.iter().map(|(leave_type, rule)| (*leave_type, rule))
    }
}

impl TryFrom<Written> for LeaveTypes {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let count = written.types.len();
        let types: BTreeMap<_, _> = written.types.into_iter().map(|rule| (rule.leave_type, rule)).collect();
        match LeaveType::ALL.into_iter().find(|leave_type| !types.contains_key(leave_type)) {
            Some(missing) => Err(format!("types: `{missing}` is missing")),
            None if count != types.len() => Err("types: one of them is there twice".to_owned()),
            None => Ok(Self { types }),
        }
    }
}

/// What leave of this type, drawn on this counter, is to the limit of 31 consecutive days.
#[must_use]
pub const fn absence_kind(leave_type: LeaveType, counter: Option<CounterKind>) -> Option<AbsenceKind> {
    match (leave_type, counter) {
        (_, Some(CounterKind::AnnualLeave | CounterKind::CarriedOver)) => Some(AbsenceKind::AnnualLeave),
        (_, Some(CounterKind::Fractionnement)) => Some(AbsenceKind::Fractionnement),
        (_, Some(CounterKind::Rtt)) => Some(AbsenceKind::Rtt),
        (_, Some(CounterKind::TimeSavings)) => Some(AbsenceKind::Cet),
        (LeaveType::BonifiedLeave, None) => Some(AbsenceKind::Bonified),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;

    #[test]
    fn every_type_is_there_from_the_first_year_on() {
        let book = RuleBook::embedded().unwrap();
        for date in ["1990-01-01", "2099-12-31"] {
            let types = book.at(day(date)).leave_types().unwrap();
            assert_eq!(types.iter().count(), LeaveType::ALL.len());
        }
    }

    #[test]
    fn a_type_that_is_missing_or_there_twice_is_refused() {
        let written = |names: &[LeaveType]| {
            let types = names.iter().map(|name| format!("{{ type = \"{name}\", longest_days = 1 }}"));
            toml::from_str::<LeaveTypes>(&format!("types = [{}]", types.collect::<Vec<_>>().join(", ")))
        };
        assert!(written(&LeaveType::ALL).is_ok());
        assert!(written(&LeaveType::ALL[1..]).unwrap_err().to_string().contains("annual-leave"));
        assert!(written(&[&LeaveType::ALL[..], &[LeaveType::Rtt]].concat()).is_err());
    }
}
