use super::{AbsenceRefusal, Colleague, Facts};
use events::LeaveId;
use events::leave::AbsenceEvent;
use rules::Ledger;
use rules::ledger::LeaveStatus;

/// Names a colleague to stand in during a leave; naming another asks him instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameReplacement {
    /// During which leave.
    pub leave: LeaveId,
    /// The colleague.
    pub replacement: Colleague,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: NameReplacement) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let NameReplacement { leave, replacement, facts } = command;
    let current = state.leave(leave).ok_or(AbsenceRefusal::UnknownLeave)?;
    let replacement = replacement.during(current.period, facts.agent, facts.on)?;
    if matches!(current.status, LeaveStatus::Refused | LeaveStatus::Withdrawn) {
        return Err(AbsenceRefusal::NotPending { status: current.status.as_str() });
    }
    if current.replacement.is_some_and(|current| current.by == replacement) {
        return Ok(Vec::new());
    }
    Ok(vec![AbsenceEvent::ReplacementNamed { leave, replacement }])
}
