use super::{AbsenceRefusal, Facts};
use events::GiftId;
use events::leave::{AbsenceEvent, Counter, CounterKind};
use rules::gift::GiftRefused;
use rules::{HalfDays, Ledger};

/// Gives days to a colleague, for good and without being named to him (D 2015-580; D 2021-259). They reach his ledger
/// in the same append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GiveDays {
    /// The gift.
    pub gift: GiftId,
    /// From which counter.
    pub counter: Counter,
    /// How much.
    pub half_days: HalfDays,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: GiveDays) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let GiveDays { gift, counter, half_days, facts } = command;
    let on = facts.on;
    if state.has_gift(gift) {
        return Err(AbsenceRefusal::AlreadyRecorded);
    }
    if half_days.is_zero() {
        return Err(GiftRefused::Empty.into());
    }
    let balance = facts.balance(state, counter, on)?;
    let rule = facts.law.at(on).gift_of_days()?;
    let givable = match counter.kind() {
        CounterKind::Rtt => balance.available,
        CounterKind::AnnualLeave => {
            rule.givable_annual_leave(balance.acquired.saturating_sub(balance.debited), balance.available)
        }
        CounterKind::CarriedOver
        | CounterKind::Fractionnement
        | CounterKind::TimeSavings
        | CounterKind::SickChild
        | CounterKind::DonatedDays => return Err(AbsenceRefusal::Counter { counter }),
    };
    if half_days > givable {
        return Err(GiftRefused::TooMuch { givable, offered: half_days }.into());
    }
    Ok(vec![AbsenceEvent::DaysGiven { gift, counter, half_days, on }])
}
