//! What a decision about an agent's leave is taken on beside his ledger: the states of other streams, each with the
//! version that it was read at. The append holds them against the journal.

use super::staffing::{self, Absent};
use crate::acting::Who;
use crate::{WriteApi, problems};
use commands::absence_ledger::{AbsenceCommand, AbsenceLedger, Authority, Colleague, Facts};
use commands::delegation::Delegation;
use commands::employment::Employment;
use commands::unit::Unit;
use commands::{Executed, Execution, NotExecuted};
use events::date::in_paris;
use events::delegation::DelegationEvent;
use events::employment::EmploymentEvent;
use events::leave::{AbsenceEvent, Staffing};
use events::rule_set::RuleSetEvent;
use events::unit::UnitEvent;
use events::validation::{Approver, RouteRule};
use events::{AccountId, DelegationId, Metadata, UnitId, Version};
use journal::{AppendError, Snapshots};
use rules::Ledger;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;
use web::Problem;

/// How often a decision is taken again because one of the other streams has moved.
const MOST_CONFLICTS: u32 = 32;

/// A stream that was read, and must not have moved when the decision is recorded.
#[derive(Clone, Copy, Debug)]
pub(super) enum Seen {
    Employment(AccountId, Version),
    Unit(UnitId, Version),
    Delegation(DelegationId, Version),
    Ledger(AccountId, Version),
    Rules(Version),
}

impl Seen {
    fn held_by<'a>(self, execution: Execution<'a, AbsenceLedger>) -> Execution<'a, AbsenceLedger> {
        match self {
            Self::Employment(id, version) => execution.also::<EmploymentEvent>(id, version, Vec::new()),
            Self::Unit(id, version) => execution.also::<UnitEvent>(id, version, Vec::new()),
            Self::Delegation(id, version) => execution.also::<DelegationEvent>(id, version, Vec::new()),
            Self::Ledger(id, version) => execution.also::<AbsenceEvent>(id, version, Vec::new()),
            Self::Rules(version) => execution.also::<RuleSetEvent>(RuleSetEvent::stream(), version, Vec::new()),
        }
    }
}

/// What is to be known for a decision.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// Whose ledger it is.
    pub(super) agent: AccountId,
    /// Who decides, where somebody does.
    pub(super) decider: Option<AccountId>,
    /// For which absence the staffing of the unit counts, where it does.
    pub(super) absent: Option<Absent>,
    /// Who stands in or is asked to, where that is said.
    pub(super) replacement: Option<AccountId>,
    /// The pointer to the date of the body that rules are looked up for (RFC 6901); to the whole, where there is none.
    pub(super) dated_by: &'static str,
}

impl Wanted {
    /// What every decision about an agent's ledger rests on.
    pub(super) const fn of(agent: AccountId) -> Self {
        Self { agent, decider: None, absent: None, replacement: None, dated_by: "" }
    }
}

/// What is known.
#[derive(Debug)]
pub(super) struct Surroundings {
    pub(super) facts: Facts,
    pub(super) routes: Vec<RouteRule>,
    pub(super) staffing: Option<Staffing>,
    pub(super) replacement: Option<Colleague>,
    manager: Option<AccountId>,
    departed: BTreeSet<AccountId>,
    delegations: Vec<(DelegationId, commands::delegation::State)>,
    seen: Vec<Seen>,
}

impl Surroundings {
    /// Who stands in, as [`Wanted::replacement`] had him looked at.
    pub(super) fn colleague(&self, account: AccountId) -> Colleague {
        let read = self.replacement.clone().filter(|colleague| colleague.account == account);
        read.unwrap_or_else(|| Colleague { account, employment: rules::Employment::default() })
    }

    /// The decider that was wanted, with all that his right to may come from.
    pub(super) fn authority(&self, who: &Who) -> Authority {
        let Facts { agent, on, at, .. } = self.facts;
        let (roles, delegations) = (who.roles.clone(), self.delegations.clone());
        let departed = self.departed.clone();
        Authority { agent, by: who.account, roles, manager: self.manager, departed, delegations, on, at }
    }
}

/// Takes a decision about an agent's leave, and takes it again while one of the streams that it rests on moves. A no is
/// said only on states fresh from the database.
pub(super) async fn decide<C: Into<AbsenceCommand>>(
    api: &WriteApi,
    metadata: Metadata,
    wanted: Wanted,
    decision: impl Fn(&Surroundings) -> C + Send + Sync,
) -> Result<Executed<Ledger>, Problem> {
    let agent = wanted.agent;
    for attempt in 0..=MOST_CONFLICTS {
        let fresh = attempt > 0;
        let around = look(api, &metadata, &wanted, fresh).await?;
        let command = decision(&around).into();
        let execution = Execution::<AbsenceLedger>::new(&api.journal, metadata.clone());
        let execution = around.seen.iter().fold(execution, |execution, seen| seen.held_by(execution));
        match execution.on(agent, command).await {
            Err(NotExecuted::Journal(AppendError::Conflict)) => {}
            Err(NotExecuted::Refused(_)) if !fresh => {}
            outcome => return outcome.map_err(|error| super::problems::absence(error, wanted.dated_by)),
        }
    }
    Err(problems::journal(AppendError::Conflict))
}

/// The right of somebody to decide on leave of an agent, as the database has it now.
pub(super) async fn authority_over(
    api: &WriteApi,
    metadata: &Metadata,
    agent: AccountId,
    who: &Who,
) -> Result<Authority, Problem> {
    let wanted = Wanted { decider: Some(who.account), ..Wanted::of(agent) };
    Ok(look(api, metadata, &wanted, true).await?.authority(who))
}

/// Reads what is wanted: as this process knows it, or `fresh` from the database.
async fn look(api: &WriteApi, metadata: &Metadata, wanted: &Wanted, fresh: bool) -> Result<Surroundings, Problem> {
    let Wanted { agent, decider, absent, replacement, dated_by: _ } = wanted;
    let (agent, at) = (*agent, metadata.occurred_at);
    let on = in_paris(at);
    let mut seen = Vec::new();
    let (version, employment) = state::<Employment>(api, metadata, agent, fresh).await?;
    seen.push(Seen::Employment(agent, version));
    let (version, law) = api.law_at(fresh).await?;
    seen.push(Seen::Rules(version));
    let facts = Facts { agent, employment, law, on, at };

    let replacement = match *replacement {
        Some(account) if account != agent => {
            let (version, employment) = state::<Employment>(api, metadata, account, fresh).await?;
            seen.push(Seen::Employment(account, version));
            Some(Colleague { account, employment })
        }
        himself => himself.map(|account| Colleague { account, employment: facts.employment.clone() }),
    };
    let absent = match absent {
        Some(absent) => staffing::resolve(api, metadata, &facts, absent, fresh).await?,
        None => None,
    };
    let first = absent.as_ref().and_then(|half_days| half_days.first()).map_or(on, |first| first.date);
    let place = |date| facts.employment.units().on(date).copied();
    let of_absence = absent.as_ref().map(|half_days| facts.employment.by_unit(half_days)).unwrap_or_default();
    let looked_at: BTreeSet<UnitId> = of_absence.into_keys().chain(place(first)).chain(place(on)).collect();
    let mut units = BTreeMap::new();
    for id in looked_at {
        let (version, unit) = state::<Unit>(api, metadata, id, fresh).await?;
        seen.push(Seen::Unit(id, version));
        units.insert(id, unit);
    }
    // The routes are those of the unit on the first day of the absence, the manager is the one of today.
    let unit_on = |date| place(date).and_then(|id| units.get(&id));
    let routes = unit_on(first).map(|unit| unit.routes_on(on).to_vec()).unwrap_or_default();
    let assigned = facts.employment.managers().on(on).copied().flatten();
    let manager = assigned.or_else(|| unit_on(on)?.manager_on(on));
    let (staffing, ledgers) = match &absent {
        Some(half_days) => staffing::count(api, &units, &facts, half_days).await?,
        None => (None, Vec::new()),
    };
    seen.extend(ledgers);

    let mut delegations = Vec::new();
    if let Some(by) = decider
        && manager != Some(*by)
    {
        for id in api.directory.delegations_to(&api.journal, *by).await.map_err(problems::reading)? {
            let (version, delegation) = state::<Delegation>(api, metadata, id, fresh).await?;
            seen.push(Seen::Delegation(id, version));
            delegations.push((id, delegation));
        }
    }
    let mut departed = BTreeSet::new();
    if let Some(by) = decider {
        let (_, ledger) = state::<AbsenceLedger>(api, metadata, agent, fresh).await?;
        let people: BTreeSet<AccountId> = named(&ledger).chain(manager).chain([*by]).collect();
        for person in people.into_iter().filter(|person| *person != agent) {
            let (version, employment) = state::<Employment>(api, metadata, person, fresh).await?;
            seen.push(Seen::Employment(person, version));
            if employment.has_left(on) {
                departed.insert(person);
            }
        }
    }
    Ok(Surroundings { facts, routes, staffing, replacement, manager, departed, delegations, seen })
}

/// Those who decide by name on leave of this ledger.
fn named(ledger: &Ledger) -> impl Iterator<Item = AccountId> {
    let steps = ledger.leaves().flat_map(|(_, leave)| &leave.route);
    let approvers = steps
        .flat_map(|step| step.by.approvers().iter().copied().chain(step.escalation.map(|escalation| escalation.to)));
    approvers.filter_map(|approver| match approver {
        Approver::Person(person) => Some(person),
        Approver::Manager | Approver::Hr | Approver::HrHealth => None,
    })
}

/// A state with its version.
pub(crate) async fn state<A: Snapshots>(
    api: &WriteApi,
    metadata: &Metadata,
    id: impl Into<Uuid>,
    fresh: bool,
) -> Result<(Version, A::State), Problem> {
    let unit = api.journal.unit::<A>(metadata.clone());
    let state = if fresh { unit.fresh_state(id).await } else { unit.state(id).await };
    let state = state.map_err(problems::reading)?;
    Ok((Version(*state.sequence_number()), state.into_inner()))
}
