use super::{AbsenceRefusal, Facts, SpecialMotive, special_motive};
use events::leave::{AbsenceEvent, LeaveType};
use events::{Actor, LeaveId};
use rules::Ledger;
use rules::period::Period;

/// Records an absence that needs no validation: what human resources know, or another system's file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordAbsence {
    /// The leave.
    pub leave: LeaveId,
    /// What it is.
    pub leave_type: LeaveType,
    /// From when to when.
    pub period: Period,
    /// The motive of a special absence.
    pub special_motive: Option<SpecialMotive>,
    /// Who records it.
    pub by: Actor,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: RecordAbsence) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let RecordAbsence { leave, leave_type, period, special_motive, by, facts } = command;
    facts.by_another(by)?;
    if state.leave(leave).is_some() {
        return Err(AbsenceRefusal::AlreadyRecorded);
    }
    let first = period.start().date;
    let quote = facts.quote(state, leave_type, period)?;
    let special_motive = special_motive::checked(special_motive, leave_type, quote.count(), first, &facts)?;
    Ok(vec![AbsenceEvent::AbsenceRecorded {
        leave,
        leave_type,
        period,
        charges: quote.charges,
        rules: facts.law.version(),
        unit: facts.employment.units().on(first).copied(),
        special_motive,
    }])
}
