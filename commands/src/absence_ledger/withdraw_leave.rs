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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::AbsenceLedger;
    use crate::absence_ledger::samples::{asked, granted, leave};
    use crate::specification::given;

    #[test]
    fn a_pending_request_is_taken_back_once() {
        let withdrawn = AbsenceEvent::LeaveWithdrawn { leave: leave(1) };
        given::<AbsenceLedger>(asked()).when(WithdrawLeave { leave: leave(1) }).then([withdrawn.clone()]);
        given::<AbsenceLedger>([asked(), vec![withdrawn]].concat())
            .when(WithdrawLeave { leave: leave(1) })
            .refused(AbsenceRefusal::NotPending { status: "withdrawn" });
    }

    #[test]
    fn a_leave_that_was_granted_is_not() {
        given::<AbsenceLedger>(granted())
            .when(WithdrawLeave { leave: leave(1) })
            .refused(AbsenceRefusal::NotPending { status: "granted" });
        given::<AbsenceLedger>(granted()).when(WithdrawLeave { leave: leave(2) }).refused(AbsenceRefusal::UnknownLeave);
    }
}
