use super::special_motive::{self, Absence, Kept};
use super::{AbsenceRefusal, Facts, SpecialMotive};
use events::leave::{AbsenceEvent, LeaveType};
use events::{Actor, LeaveId};
use rules::Ledger;
use rules::family::Circumstances;
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
    /// What the length of such an absence may follow from; it is not kept.
    pub circumstances: Option<Circumstances>,
    /// Who records it.
    pub by: Actor,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: RecordAbsence) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let RecordAbsence { leave, leave_type, period, special_motive, circumstances, by, facts } = command;
    facts.by_another(by)?;
    if state.leave(leave).is_some() {
        return Err(AbsenceRefusal::AlreadyRecorded);
    }
    let first = period.start().date;
    let quote = facts.quote(state, leave_type, period)?;
    let absence = Absence { leave_type, period, charges: &quote.charges, circumstances };
    let Kept { special_motive, occasion } = special_motive::checked(special_motive, &absence, state, &facts)?;
    Ok(vec![AbsenceEvent::AbsenceRecorded {
        leave,
        leave_type,
        period,
        charges: quote.charges,
        rules: facts.law.version(),
        unit: facts.employment.units().on(first).copied(),
        special_motive,
        occasion,
    }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::AbsenceLedger;
    use crate::absence_ledger::samples::*;
    use crate::specification::given;
    use events::leave::Charge;

    fn record(by: Actor) -> RecordAbsence {
        RecordAbsence {
            leave: leave(1),
            leave_type: LeaveType::Unjustified,
            period: days("2026-05-04", "2026-05-04"),
            special_motive: None,
            circumstances: None,
            by,
            facts: facts("2026-05-05"),
        }
    }

    #[test]
    fn human_resources_and_imports_record_what_needs_no_validation() {
        for by in [Actor::Account(account(HR)), Actor::Service] {
            given::<AbsenceLedger>([]).when(record(by)).then([AbsenceEvent::AbsenceRecorded {
                leave: leave(1),
                leave_type: LeaveType::Unjustified,
                period: days("2026-05-04", "2026-05-04"),
                charges: vec![Charge { counter: None, half_days: halves(&["2026-05-04"]), available: None }],
                rules: law().version(),
                unit: Some(unit()),
                special_motive: None,
                occasion: None,
            }]);
        }
    }

    #[test]
    fn nobody_of_human_resources_records_his_own() {
        given::<AbsenceLedger>([]).when(record(Actor::Account(account(AGENT)))).refused(AbsenceRefusal::OwnMatter);
    }
}
