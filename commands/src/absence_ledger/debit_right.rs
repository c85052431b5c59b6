use super::{AbsenceRefusal, Facts};
use chrono::NaiveDate;
use events::leave::{AbsenceEvent, Counter, CreditCause};
use events::{Actor, CreditId, Sealed};
use rules::{HalfDays, Ledger};

/// Debits a counter by decision, never below what is left of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebitRight {
    /// The debit.
    pub credit: CreditId,
    /// Which counter.
    pub counter: Counter,
    /// How much.
    pub half_days: HalfDays,
    /// From when on.
    pub effective: NaiveDate,
    /// Why, as the law tells it.
    pub cause: CreditCause,
    /// Why, in words.
    pub motive: Option<Sealed<String>>,
    /// Who decides.
    pub by: Actor,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: DebitRight) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let DebitRight { credit, counter, half_days, effective, cause, motive, by, facts } = command;
    facts.by_another(by)?;
    if state.has_credit(credit) {
        return Err(AbsenceRefusal::AlreadyRecorded);
    }
    if half_days.is_zero() {
        return Err(AbsenceRefusal::Nothing);
    }
    facts.holds(state, counter, half_days, effective)?;
    let motive = motive.ok_or(AbsenceRefusal::NoMotive)?;
    Ok(vec![AbsenceEvent::RightDebited { credit, counter, half_days, effective, cause, motive }])
}
