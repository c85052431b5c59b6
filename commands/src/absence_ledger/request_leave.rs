use super::{AbsenceRefusal, Facts, SpecialMotive, special_motive};
use events::leave::{AbsenceEvent, LeaveType, Staffing, Warning};
use events::validation::RouteRule;
use events::{AccountId, LeaveId, Sealed};
use rules::Ledger;
use rules::period::Period;

/// Asks for a leave. What it takes is counted here, once, and reserved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestLeave {
    /// The leave.
    pub leave: LeaveId,
    /// What it is.
    pub leave_type: LeaveType,
    /// From when to when.
    pub period: Period,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
    /// The validation routes of the agent's unit, as its stream says.
    pub routes: Vec<RouteRule>,
    /// The staffing of the unit with this leave, as the journal stood; none for who has no unit.
    pub staffing: Option<Staffing>,
    /// Why, in the agent's words.
    pub reason: Option<Sealed<String>>,
    /// The motive of a special absence.
    pub special_motive: Option<SpecialMotive>,
    /// Who is to stand in.
    pub replacement: Option<AccountId>,
}

pub(super) fn decide(state: &Ledger, command: RequestLeave) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let RequestLeave { leave, leave_type, period, facts, routes, staffing, reason, special_motive, replacement } =
        command;
    if state.leave(leave).is_some() {
        return Err(AbsenceRefusal::AlreadyRecorded);
    }
    if replacement == Some(facts.agent) {
        return Err(AbsenceRefusal::OwnReplacement);
    }
    let first = period.start().date;
    if !facts.type_rule(leave_type, first)?.requested {
        return Err(AbsenceRefusal::NotRequestable { leave_type });
    }
    let quote = facts.quote(state, leave_type, period)?;
    let special_motive = special_motive::checked(special_motive, leave_type, quote.count(), first, &facts)?;
    let route = facts.law.at(facts.on).validation_routes()?.route(&routes, leave_type, quote.count());
    let mut events = vec![AbsenceEvent::LeaveRequested {
        leave,
        leave_type,
        period,
        warnings: warnings(quote.warnings, staffing),
        charges: quote.charges,
        rules: facts.law.version(),
        route,
        unit: facts.employment.units().on(first).copied(),
        reason,
        special_motive,
        at: facts.at,
    }];
    events.extend(replacement.map(|replacement| AbsenceEvent::ReplacementNamed { leave, replacement }));
    Ok(events)
}

/// What the rules warn of, and the unit's staffing where it would suffer.
pub(super) fn warnings(mut warnings: Vec<Warning>, staffing: Option<Staffing>) -> Vec<Warning> {
    let short = staffing.filter(|staffing| !staffing.breaches.is_empty());
    warnings.extend(short.map(Warning::Understaffed));
    warnings
}
