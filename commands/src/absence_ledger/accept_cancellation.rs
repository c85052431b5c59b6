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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::samples::*;
    use crate::absence_ledger::{AbsenceLedger, RefuseCancellation};
    use crate::specification::given;
    use rules::HalfDays;

    fn accept(by: u128) -> AcceptCancellation {
        AcceptCancellation { leave: leave(1), authority: authority(by) }
    }

    fn to_cancel() -> Vec<AbsenceEvent> {
        let half_days = halves(&["2026-05-06", "2026-05-07"]);
        let reason = None;
        [granted(), vec![AbsenceEvent::CancellationRequested { leave: leave(1), half_days, reason }]].concat()
    }

    #[test]
    fn days_return_to_their_counter_in_the_same_event() {
        let half_days = halves(&["2026-05-06", "2026-05-07"]);
        let accepted = AbsenceEvent::CancellationAccepted { leave: leave(1), half_days, decider: by_manager() };
        assert_eq!(available(&to_cancel(), annual(2026), "2026-05-04"), HalfDays::days(21));
        given::<AbsenceLedger>(to_cancel()).when(accept(MANAGER)).then([accepted.clone()]);
        let after = [to_cancel(), vec![accepted]].concat();
        assert_eq!(available(&after, annual(2026), "2026-05-04"), HalfDays::days(23));
        given::<AbsenceLedger>(after).when(accept(MANAGER)).refused(AbsenceRefusal::NoCancellation);
    }

    #[test]
    fn a_refusal_leaves_all_as_it_was() {
        let refuse = || RefuseCancellation { leave: leave(1), motive: motive(), authority: authority(MANAGER) };
        let refused =
            AbsenceEvent::CancellationRefused { leave: leave(1), motive: sealed("why"), decider: by_manager() };
        given::<AbsenceLedger>(to_cancel()).when(refuse()).then([refused.clone()]);
        assert_eq!(ledger(&[to_cancel(), vec![refused]].concat()), ledger(&granted()));
        given::<AbsenceLedger>(granted()).when(refuse()).refused(AbsenceRefusal::NoCancellation);
        given::<AbsenceLedger>(to_cancel())
            .when(RefuseCancellation { motive: None, ..refuse() })
            .refused(AbsenceRefusal::NoMotive);
    }

    #[test]
    fn nobody_accepts_his_own() {
        given::<AbsenceLedger>(to_cancel()).when(accept(AGENT)).refused(AbsenceRefusal::OwnLeave);
        given::<AbsenceLedger>(to_cancel()).when(accept(COLLEAGUE)).refused(AbsenceRefusal::NotAnApprover);
    }
}
