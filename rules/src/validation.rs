//! Which route a request takes.

use events::leave::LeaveType;
use events::validation::{RouteRule, Step};
use serde::Deserialize;

use crate::quantity::HalfDays;

/// The City's routes of validation, the last of them for every request.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Written")]
pub struct ValidationRoutes {
    rules: Vec<RouteRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    rules: Vec<RouteRule>,
}

impl ValidationRoutes {
    /// The steps for leave of this type and length: those of the first rule that fits, a unit's `own` rules going
    /// first.
    #[must_use]
    pub fn route(&self, own: &[RouteRule], leave_type: LeaveType, length: HalfDays) -> Vec<Step> {
        let fits = |rule: &&RouteRule| {
            (rule.types.is_empty() || rule.types.contains(&leave_type))
                && rule.longer_than.is_none_or(|limit| length > limit)
        };
        own.iter().chain(&self.rules).find(fits).map(|rule| rule.steps.clone()).unwrap_or_default()
    }
}

/// What is wrong with a rule of validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRoute {
    /// More rules than are ever looked at.
    #[error("there are at most {most} rules of validation")]
    TooManyRules {
        /// The most.
        most: usize,
    },
    /// More types than there are.
    #[error("rules[{rule}]: there are {most} types of leave")]
    TooManyTypes {
        /// The place of the rule, from 0.
        rule: usize,
        /// The most.
        most: usize,
    },
    /// More steps than are ever looked at.
    #[error("rules[{rule}]: a route has at most {most} steps")]
    TooManySteps {
        /// The place of the rule, from 0.
        rule: usize,
        /// The most.
        most: usize,
    },
    /// Nobody to decide at a step.
    #[error("rules[{rule}].steps[{step}]: a step has at least one approver")]
    NoApprover {
        /// The place of the rule, from 0.
        rule: usize,
        /// The place of the step, from 0.
        step: usize,
    },
    /// More people to decide at a step than are ever asked.
    #[error("rules[{rule}].steps[{step}]: a step has at most {most} approvers")]
    TooManyApprovers {
        /// The place of the rule, from 0.
        rule: usize,
        /// The place of the step, from 0.
        step: usize,
        /// The most.
        most: usize,
    },
}

/// Holds rules of validation to what can be decided by.
///
/// # Errors
/// [`InvalidRoute`], of the first that cannot.
pub fn check_routes(rules: &[RouteRule]) -> Result<(), InvalidRoute> {
    if rules.len() > MOST_RULES {
        return Err(InvalidRoute::TooManyRules { most: MOST_RULES });
    }
    for (rule, RouteRule { types, steps, .. }) in rules.iter().enumerate() {
        if types.len() > LeaveType::ALL.len() {
            return Err(InvalidRoute::TooManyTypes { rule, most: LeaveType::ALL.len() });
        }
        if steps.len() > MOST_STEPS {
            return Err(InvalidRoute::TooManySteps { rule, most: MOST_STEPS });
        }
        for (step, Step { by, .. }) in steps.iter().enumerate() {
            match by.approvers().len() {
                0 => return Err(InvalidRoute::NoApprover { rule, step }),
                1..=MOST_APPROVERS => {}
                _ => return Err(InvalidRoute::TooManyApprovers { rule, step, most: MOST_APPROVERS }),
            }
        }
    }
    Ok(())
}

const MOST_RULES: usize = 32;
const MOST_STEPS: usize = 8;
const MOST_APPROVERS: usize = 16;

impl TryFrom<Written> for ValidationRoutes {
    type Error = String;

    fn try_from(Written { rules }: Written) -> Result<Self, String> {
        check_routes(&rules).map_err(|error| error.to_string())?;
        let last_takes_all = rules.last().is_some_and(|rule| rule.types.is_empty() && rule.longer_than.is_none());
        if last_takes_all { Ok(Self { rules }) } else { Err("rules: the last one must take every request".to_owned()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;
    use events::validation::{Approver, Quorum};

    fn approvers(own: &[RouteRule], leave_type: LeaveType, days: u32) -> Vec<Approver> {
        let book = RuleBook::embedded().unwrap();
        let routes = book.at(day("2026-01-01")).validation_routes().unwrap();
        let steps = routes.route(own, leave_type, HalfDays::days(days));
        steps.iter().flat_map(|step| step.by.approvers().to_vec()).collect()
    }

    #[test]
    fn a_route_depends_on_type_and_length() {
        assert_eq!(approvers(&[], LeaveType::AnnualLeave, 20), [Approver::Manager]);
        assert_eq!(approvers(&[], LeaveType::AnnualLeave, 21), [Approver::Manager, Approver::Hr]);
        assert_eq!(approvers(&[], LeaveType::Maternity, 80), [Approver::Hr]);
    }

    #[test]
    fn a_unit_has_its_own_before_the_citys() {
        let step = Step { by: Quorum::AnyOf(vec![Approver::HrHealth]), escalation: None };
        let own = [RouteRule { types: vec![LeaveType::SickChild], longer_than: None, steps: vec![step] }];
        assert_eq!(approvers(&own, LeaveType::SickChild, 1), [Approver::HrHealth]);
        assert_eq!(approvers(&own, LeaveType::Rtt, 1), [Approver::Manager]);
    }

    #[test]
    fn a_step_without_approver_and_routes_that_leave_requests_out_are_refused() {
        let read = |text: &str| toml::from_str::<ValidationRoutes>(text).map_err(|error| error.to_string());
        assert!(read("rules = [{ steps = [{ by = { all-of = [] } }] }]").unwrap_err().contains("rules[0]"));
        assert!(read("rules = [{ types = [\"rtt\"], steps = [] }]").unwrap_err().contains("the last one"));
        assert!(read("rules = [{ steps = [] }]").is_ok());
    }
}
