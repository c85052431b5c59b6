use super::AbsenceRefusal;
use events::LeaveId;
use events::leave::AbsenceEvent;
use rules::Ledger;

/// Takes back a request that nobody has decided on; its half-days are free again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithdrawLeave {
    /// The leave.
    pub leave: LeaveId,
}

pub(super) fn decide(state: &Ledger, command: WithdrawLeave) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let WithdrawLeave { leave } = command;
    let current = state.leave(leave).ok_or(AbsenceRefusal::UnknownLeave)?;
    if current.pending().is_none() {
        return Err(AbsenceRefusal::NotPending { status: current.status.as_str() });
    }
    Ok(vec![AbsenceEvent::LeaveWithdrawn { leave }])
}
