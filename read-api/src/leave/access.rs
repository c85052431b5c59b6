//! Who may see what of whose leave.

use crate::who::Who;
use crate::{ReadApi, problems};
use chrono::NaiveDate;
use events::account::Role;
use events::leave::LeaveType;
use events::validation::Approver;
use events::{AccountId, UnitId};
use projections::leave::validator::{Delegated, Validator};
use projections::leave::{delegations, employments, people, units};
use rules::ledger::Leave;
use std::collections::BTreeSet;
use web::kinds::NOT_ALLOWED;
use web::{Problem, Text};

/// The projections that tell who decides on whom.
pub(super) const NAMES: [&str; 3] = [employments::NAME, units::NAME, delegations::NAME];

impl ReadApi {
    /// Today, in Paris.
    pub(super) fn today(&self) -> NaiveDate {
        events::date::in_paris(self.clock.now())
    }
}

/// All that the right of a caller to decide may come from.
pub(super) async fn validator(api: &ReadApi, who: &Who) -> Result<Validator, Problem> {
    let on = api.today();
    let held = delegations::in_force(api.pool(), who.account, on).await.map_err(problems::database)?;
    Ok(Validator {
        account: who.account,
        hr: who.has(Role::Hr),
        hr_health: who.has(Role::HrHealth),
        for_others: held.into_iter().map(delegated).collect(),
        on,
    })
}

fn delegated(held: delegations::Delegation) -> Delegated {
    Delegated { by: held.from, since: held.first, scope: held.scope }
}

/// Whether `person` is the caller, or has let him decide on leave of this unit and type.
fn stands_for(validator: &Validator, person: AccountId, unit: Option<UnitId>, leave_type: LeaveType) -> bool {
    let covers = |held: &Delegated| held.by == person && held.scope.covers(unit, leave_type);
    person == validator.account || validator.for_others.iter().any(covers)
}

/// Whether the caller decides on leave of this agent, as his manager or in the manager's place.
async fn manages(
    api: &ReadApi,
    validator: &Validator,
    agent: AccountId,
    leave_type: LeaveType,
) -> Result<bool, Problem> {
    let manager = people::manager_of(api.pool(), agent, validator.on).await.map_err(problems::database)?;
    let unit = people::unit_of(api.pool(), agent, validator.on).await.map_err(problems::database)?;
    Ok(agent != validator.account && manager.is_some_and(|manager| stands_for(validator, manager, unit, leave_type)))
}

/// Whether the caller is one of those who decide on this leave.
pub(super) async fn decides(
    api: &ReadApi,
    validator: &Validator,
    agent: AccountId,
    leave: &Leave,
) -> Result<bool, Problem> {
    if agent == validator.account {
        return Ok(false);
    }
    let mut approvers = leave
        .route
        .iter()
        .flat_map(|step| step.by.approvers().iter().copied().chain(step.escalation.map(|escalation| escalation.to)));
    let named = approvers.any(|approver| match approver {
        Approver::Person(person) => stands_for(validator, person, leave.unit, leave.leave_type),
        Approver::HrHealth => validator.hr_health,
        Approver::Manager | Approver::Hr => false,
    });
    let by_name =
        named && !people::has_left(api.pool(), validator.account, validator.on).await.map_err(problems::database)?;
    Ok(validator.hr || by_name || manages(api, validator, agent, leave.leave_type).await?)
}

/// Which leave a caller sees the counters or the requests of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// Of all.
    Whole,
    /// Of these types, on which he decides in the place of another.
    Of(BTreeSet<LeaveType>),
}

impl Sight {
    /// What `person` decides on in this unit, as the caller sees it who is that person or decides in his place; none for
    /// whom neither is so.
    pub(super) fn of(validator: &Validator, person: AccountId, unit: Option<UnitId>) -> Option<Self> {
        let decided = |leave_type: &LeaveType| stands_for(validator, person, unit, *leave_type);
        let types: BTreeSet<LeaveType> = LeaveType::ALL.into_iter().filter(decided).collect();
        match types.len() {
            0 => None,
            all if all == LeaveType::ALL.len() => Some(Self::Whole),
            _ => Some(Self::Of(types)),
        }
    }

    /// Whether it is of this type; sickness has none, and is seen by who sees all.
    pub(super) fn covers(&self, leave_type: Option<LeaveType>) -> bool {
        match self {
            Self::Whole => true,
            Self::Of(types) => leave_type.is_some_and(|leave_type| types.contains(&leave_type)),
        }
    }
}

/// # Errors
/// 403 `not-allowed` for who is neither the agent, nor decides on his leave, nor of human resources.
pub(super) async fn sight(api: &ReadApi, who: &Who, agent: AccountId) -> Result<Sight, Problem> {
    if who.account == agent || who.has(Role::Hr) {
        return Ok(Sight::Whole);
    }
    let validator = validator(api, who).await?;
    let manager = people::manager_of(api.pool(), agent, validator.on).await.map_err(problems::database)?;
    let manager = manager.ok_or_else(not_allowed)?;
    let unit = people::unit_of(api.pool(), agent, validator.on).await.map_err(problems::database)?;
    Sight::of(&validator, manager, unit).ok_or_else(not_allowed)
}

pub(super) fn not_allowed() -> Problem {
    Problem::from(&NOT_ALLOWED).detail(Text::new(
        "Réservé à l’agent, à ceux qui décident de ses congés et aux ressources humaines.",
        "For the agent, those who decide on his leave, and human resources.",
    ))
}
