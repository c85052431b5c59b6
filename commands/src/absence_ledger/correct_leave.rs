use super::{AbsenceRefusal, Facts};
use chrono::NaiveDate;
use events::leave::AbsenceEvent;
use events::{AccountId, Actor, HalfDaySet, LeaveId, Sealed};
use rules::Ledger;
use rules::ledger::LeaveStatus;
use rules::period::Period;

/// Corrects a leave that was granted, even long past: half-days are released, others taken in their place. A new fact
/// with its own date of effect; what was recorded stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectLeave {
    /// The leave.
    pub leave: LeaveId,
    /// The half-days of it that count no more.
    pub release: HalfDaySet,
    /// What it takes besides, counted by the rules in force.
    pub add: Option<Period>,
    /// From which day on the correction has effect.
    pub effective: NaiveDate,
    /// Why.
    pub motive: Option<Sealed<String>>,
    /// Who of human resources.
    pub by: AccountId,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: CorrectLeave) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let CorrectLeave { leave, release: released, add, effective, motive, by, facts } = command;
    facts.by_another(Actor::Account(by))?;
    let current = state.leave(leave).ok_or(AbsenceRefusal::UnknownLeave)?;
    if current.status != LeaveStatus::Granted {
        return Err(AbsenceRefusal::NotGranted { status: current.status.as_str() });
    }
    if !released.is_within(&current.active()) || (released.is_empty() && add.is_none()) {
        return Err(AbsenceRefusal::NotPartOf);
    }
    let motive = motive.ok_or(AbsenceRefusal::NoMotive)?;
    let rules = facts.law.version();
    let correction = |released, charges, motive| AbsenceEvent::LeaveCorrected {
        leave,
        released,
        charges,
        rules,
        effective,
        motive,
        by,
    };
    let charges = match add {
        Some(period) => {
            let without = state.clone().after(&correction(released.clone(), Vec::new(), motive.clone()));
            facts.quote(&without, current.leave_type, period)?.charges
        }
        None => Vec::new(),
    };
    Ok(vec![correction(released, charges, motive)])
}
