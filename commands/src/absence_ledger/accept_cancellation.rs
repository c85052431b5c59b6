use super::{AbsenceRefusal, Authority};
use events::LeaveId;
use events::leave::AbsenceEvent;
use rules::Ledger;

/// Accepts that half-days are given back; they return to their counters in the same event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptCancellation {
    /// The leave.
    pub leave: LeaveId,
    /// Who decides.
    pub authority: Authority,
}

pub(super) fn decide(state: &Ledger, command: AcceptCancellation) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let AcceptCancellation { leave, authority } = command;
    let current = state.leave(leave).ok_or(AbsenceRefusal::UnknownLeave)?;
    let decider = authority.over_granted(current)?;
    let half_days = current.cancellation.clone().ok_or(AbsenceRefusal::NoCancellation)?;
    Ok(vec![AbsenceEvent::CancellationAccepted { leave, half_days, decider }])
}
