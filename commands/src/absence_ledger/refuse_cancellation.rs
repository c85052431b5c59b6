use super::{AbsenceRefusal, Authority, Motivated};
use events::leave::AbsenceEvent;
use events::{LeaveId, Sealed};
use rules::Ledger;

/// Refuses that half-days are given back, with a motive; the leave stays as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefuseCancellation {
    /// The leave.
    pub leave: LeaveId,
    /// Why.
    pub motive: Option<Sealed<String>>,
    /// Who decides.
    pub authority: Authority,
}

pub(super) fn decide(state: &Ledger, command: RefuseCancellation) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let RefuseCancellation { leave, motive, authority } = command;
    let current = state.leave(leave).ok_or(AbsenceRefusal::UnknownLeave)?;
    let decider = authority.over_granted(current)?;
    if current.cancellation.is_none() {
        return Err(AbsenceRefusal::NoCancellation);
    }
    let motive = motive.ok_or(AbsenceRefusal::NoMotive(Motivated::Refusal))?;
    Ok(vec![AbsenceEvent::CancellationRefused { leave, motive, decider }])
}
