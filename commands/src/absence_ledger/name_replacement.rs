use super::AbsenceRefusal;
use events::leave::AbsenceEvent;
use events::{AccountId, LeaveId};
use rules::Ledger;
use rules::ledger::LeaveStatus;

/// Names a colleague to stand in during a leave; naming another asks him instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameReplacement {
    /// During which leave.
    pub leave: LeaveId,
    /// The agent of this ledger.
    pub agent: AccountId,
    /// The colleague.
    pub replacement: AccountId,
}

pub(super) fn decide(state: &Ledger, command: NameReplacement) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let NameReplacement { leave, agent, replacement } = command;
    let current = state.leave(leave).ok_or(AbsenceRefusal::UnknownLeave)?;
    if replacement == agent {
        return Err(AbsenceRefusal::OwnReplacement);
    }
    if matches!(current.status, LeaveStatus::Refused | LeaveStatus::Withdrawn) {
        return Err(AbsenceRefusal::NotPending { status: current.status.as_str() });
    }
    if current.replacement.is_some_and(|current| current.by == replacement) {
        return Ok(Vec::new());
    }
    Ok(vec![AbsenceEvent::ReplacementNamed { leave, replacement }])
}
