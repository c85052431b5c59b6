use super::{AbsenceRefusal, Facts};
use chrono::NaiveDate;
use events::date::supported;
use events::leave::{AbsenceEvent, Counter, CreditCause};
use events::{Actor, CreditId, Sealed};
use rules::{HalfDays, Ledger};

/// Credits a counter by decision: an opening balance, a carry-over, an advance that somebody answers for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditRight {
    /// The credit.
    pub credit: CreditId,
    /// Which counter.
    pub counter: Counter,
    /// How much.
    pub half_days: HalfDays,
    /// From when on it may be used.
    pub effective: NaiveDate,
    /// Until when; none leaves it to the counter's own end.
    pub usable_until: Option<NaiveDate>,
    /// Why, as the law tells it.
    pub cause: CreditCause,
    /// Why, in words: an advance, an exceptional carry-over and a correction need them.
    pub motive: Option<Sealed<String>>,
    /// Who decides.
    pub by: Actor,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: CreditRight) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let CreditRight { credit, counter, half_days, effective, usable_until, cause, motive, by, facts } = command;
    facts.by_another(by)?;
    if state.has_credit(credit) {
        return Err(AbsenceRefusal::AlreadyRecorded);
    }
    if half_days.is_zero() {
        return Err(AbsenceRefusal::Nothing);
    }
    supported(effective)?;
    if let Some(until) = usable_until {
        supported(until)?;
        if until < effective {
            return Err(AbsenceRefusal::Reversed);
        }
    }
    if motive.is_none() && answered_for(cause) {
        return Err(AbsenceRefusal::NoMotive);
    }
    Ok(vec![AbsenceEvent::RightCredited { credit, counter, half_days, effective, usable_until, cause, motive }])
}

const fn answered_for(cause: CreditCause) -> bool {
    match cause {
        CreditCause::Advance | CreditCause::ExceptionalCarryOver | CreditCause::Correction => true,
        CreditCause::OpeningBalance | CreditCause::CarryOverAfterSickness | CreditCause::CarryOverAfterFamilyLeave => {
            false
        }
    }
}
