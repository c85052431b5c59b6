use super::{AbsenceRefusal, Facts};
use chrono::Datelike;
use events::GiftId;
use events::leave::AbsenceEvent;
use rules::gift::GiftRefused;
use rules::{HalfDays, Ledger};

/// Receives days from a colleague who stays unknown: at most so many a year (D 2015-580 art. 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiveDays {
    /// The gift.
    pub gift: GiftId,
    /// How much.
    pub half_days: HalfDays,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: ReceiveDays) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let ReceiveDays { gift, half_days, facts } = command;
    let on = facts.on;
    if state.has_gift(gift) {
        return Err(AbsenceRefusal::AlreadyRecorded);
    }
    if half_days.is_zero() {
        return Err(GiftRefused::Empty.into());
    }
    let left = facts.law.at(on).gift_of_days()?.receivable(state.donated(on.year()));
    if half_days > left {
        return Err(GiftRefused::Beneficiary { left }.into());
    }
    Ok(vec![AbsenceEvent::DaysReceived { gift, half_days, on }])
}
