use super::AbsenceRefusal;
use chrono::NaiveDate;
use events::LeaveId;
use events::leave::AbsenceEvent;
use rules::Ledger;

/// Shows a step that waited too long to somebody else. He may decide from that time on in any case; this tells him.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EscalateLeave {
    /// The leave.
    pub leave: LeaveId,
    /// The step that is meant.
    pub step: u16,
    /// Today, in Paris.
    pub on: NaiveDate,
}

pub(super) fn decide(state: &Ledger, command: EscalateLeave) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let EscalateLeave { leave, step, on } = command;
    let current = state.leave(leave).ok_or(AbsenceRefusal::UnknownLeave)?;
    let pending = current.pending().ok_or(AbsenceRefusal::NotPending { status: current.status.as_str() })?;
    if pending.step != step {
        return Err(AbsenceRefusal::OtherStep { step: pending.step });
    }
    if pending.escalated {
        return Ok(Vec::new());
    }
    let escalation = current.current_step().and_then(|step| step.escalation).ok_or(AbsenceRefusal::NotDue)?;
    if on < pending.escalates_on(escalation) {
        return Err(AbsenceRefusal::NotDue);
    }
    Ok(vec![AbsenceEvent::LeaveEscalated { leave, step, to: escalation.to }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::AbsenceLedger;
    use crate::absence_ledger::samples::*;
    use crate::specification::given;
    use events::validation::Approver;

    fn escalate(on: &str) -> EscalateLeave {
        EscalateLeave { leave: leave(1), step: 0, on: day(on) }
    }

    #[test]
    fn a_step_escalates_once_after_its_days() {
        let escalated = AbsenceEvent::LeaveEscalated { leave: leave(1), step: 0, to: Approver::Hr };
        given::<AbsenceLedger>(asked()).when(escalate("2026-01-08")).refused(AbsenceRefusal::NotDue);
        given::<AbsenceLedger>(asked()).when(escalate("2026-01-09")).then([escalated.clone()]);
        given::<AbsenceLedger>([asked(), vec![escalated]].concat()).when(escalate("2026-01-10")).then([]);
    }

    #[test]
    fn what_was_decided_does_not() {
        given::<AbsenceLedger>(granted())
            .when(escalate("2026-01-09"))
            .refused(AbsenceRefusal::NotPending { status: "granted" });
    }
}
