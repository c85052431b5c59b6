use super::{AbsenceRefusal, Facts, SpecialMotive, request_leave, special_motive};
use events::leave::{AbsenceEvent, Staffing};
use events::validation::RouteRule;
use events::{LeaveId, Sealed};
use rules::Ledger;
use rules::period::Period;

/// Changes the dates of a request that nobody has decided on: one command, counted anew, validated from the first
/// step on. A leave that was granted is given back in part, and more is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmendLeave {
    /// The leave.
    pub leave: LeaveId,
    /// From when to when.
    pub period: Period,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
    /// The validation routes of the agent's unit, as its stream says.
    pub routes: Vec<RouteRule>,
    /// The staffing of the unit with this leave, as the journal stood.
    pub staffing: Option<Staffing>,
    /// Why, in the agent's words.
    pub reason: Option<Sealed<String>>,
    /// The motive of a special absence, again: decisions cannot read the sealed one.
    pub special_motive: Option<SpecialMotive>,
}

pub(super) fn decide(state: &Ledger, command: AmendLeave) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let AmendLeave { leave, period, facts, routes, staffing, reason, special_motive } = command;
    let current = state.leave(leave).ok_or(AbsenceRefusal::UnknownLeave)?;
    if current.pending().is_none() {
        return Err(AbsenceRefusal::NotPending { status: current.status.as_str() });
    }
    let leave_type = current.leave_type;
    let quote = facts.quote(&state.without(leave), leave_type, period)?;
    let first = period.start().date;
    special_motive::checked(special_motive, leave_type, quote.count(), first, &facts)?;
    Ok(vec![AbsenceEvent::LeaveAmended {
        leave,
        period,
        warnings: request_leave::warnings(quote.warnings.clone(), staffing),
        route: facts.law.at(facts.on).validation_routes()?.route(&routes, leave_type, quote.count()),
        charges: quote.charges,
        rules: facts.law.version(),
        unit: facts.employment.units().on(first).copied(),
        reason,
        at: facts.at,
    }])
}
