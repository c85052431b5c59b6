use super::{State, UnitRefusal, open};
use chrono::NaiveDate;
use events::date::supported;
use events::unit::UnitEvent;
use events::validation::RouteRule;
use rules::validation::check_routes;

/// Says who validates the leave of this unit's agents from a day on, before the City's own routes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetValidationRoutes {
    /// The rules, the first that fits deciding; none lifts them all.
    pub rules: Vec<RouteRule>,
    /// From this day on.
    pub from: NaiveDate,
}

pub(super) fn decide(state: &State, command: SetValidationRoutes) -> Result<Vec<UnitEvent>, UnitRefusal> {
    let SetValidationRoutes { rules, from } = command;
    open(state)?;
    supported(from)?;
    if let Some(rule) = rules.iter().position(|rule| rule.steps.is_empty()) {
        return Err(UnitRefusal::NoStep { rule });
    }
    check_routes(&rules)?;
    Ok(vec![UnitEvent::ValidationRoutesSet { rules, from }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specification::given;
    use crate::unit::Unit;
    use events::validation::{Approver, Quorum, Step};
    use rules::validation::InvalidRoute;

    fn set(approvers: Vec<Approver>) -> SetValidationRoutes {
        let steps = vec![Step { by: Quorum::AllOf(approvers), escalation: None }];
        let rules = vec![RouteRule { types: vec![], longer_than: None, steps }];
        SetValidationRoutes { rules, from: "2026-01-01".parse().unwrap() }
    }

    #[test]
    fn a_route_has_a_step() {
        let opened = UnitEvent::UnitOpened { code: "d005".to_owned(), name: "Development".to_owned(), parent: None };
        let mut command = set(vec![Approver::Manager]);
        command.rules.push(RouteRule { types: vec![], longer_than: None, steps: vec![] });
        given::<Unit>([opened]).when(command).refused(UnitRefusal::NoStep { rule: 1 });
    }

    #[test]
    fn a_step_has_an_approver() {
        let opened = UnitEvent::UnitOpened { code: "d005".to_owned(), name: "Development".to_owned(), parent: None };
        let SetValidationRoutes { rules, from } = set(vec![Approver::Manager, Approver::Hr]);
        given::<Unit>([opened.clone()])
            .when(set(vec![Approver::Manager, Approver::Hr]))
            .then([UnitEvent::ValidationRoutesSet { rules, from }]);
        given::<Unit>([opened]).when(set(vec![])).refused(InvalidRoute::NoApprover { rule: 0, step: 0 }.into());
    }
}
