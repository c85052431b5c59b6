use super::{AbsenceRefusal, Facts};
use events::GiftId;
use events::leave::{AbsenceEvent, Counter, CounterKind};
use rules::gift::GiftRefused;
use rules::{HalfDays, Ledger};

/// Declares that the agent gives days, without being named to who receives them (D 2015-580 art. 4; D 2021-259). They
/// are his no longer; human resources say who receives them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclareGift {
    /// The gift.
    pub gift: GiftId,
    /// From which counter.
    pub counter: Counter,
    /// How much.
    pub half_days: HalfDays,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: DeclareGift) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let DeclareGift { gift, counter, half_days, facts } = command;
    let on = facts.on;
    if state.has_gift(gift) {
        return Err(AbsenceRefusal::AlreadyRecorded);
    }
    let law = facts.law.at(on);
    let rule = law.gift_of_days()?;
    rule.whole(half_days)?;
    let balance = facts.balance(state, counter, on)?;
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
    Ok(vec![AbsenceEvent::GiftDeclared { gift, counter, half_days, on }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::AbsenceLedger;
    use crate::absence_ledger::samples::*;
    use crate::specification::given;

    fn declare(counter: Counter, days: u32) -> DeclareGift {
        DeclareGift { gift: gift(1), counter, half_days: HalfDays::days(days), facts: facts("2026-06-01") }
    }

    fn declared(counter: Counter, days: u32) -> AbsenceEvent {
        let half_days = HalfDays::days(days);
        AbsenceEvent::GiftDeclared { gift: gift(1), counter, half_days, on: day("2026-06-01") }
    }

    #[test]
    fn rtt_and_annual_leave_beyond_the_twentieth_day_are_given() {
        let rtt = Counter::of(CounterKind::Rtt, 2026);
        given::<AbsenceLedger>([]).when(declare(rtt, 23)).then([declared(rtt, 23)]);
        given::<AbsenceLedger>([]).when(declare(annual(2026), 5)).then([declared(annual(2026), 5)]);
        let too_much = GiftRefused::TooMuch { givable: HalfDays::days(5), offered: HalfDays::days(6) };
        given::<AbsenceLedger>([]).when(declare(annual(2026), 6)).refused(too_much.into());
        assert_eq!(available(&[declared(annual(2026), 5)], annual(2026), "2026-06-01"), HalfDays::days(20));
        let half = DeclareGift { half_days: HalfDays::new(3), ..declare(rtt, 1) };
        given::<AbsenceLedger>([]).when(half).refused(GiftRefused::NotWhole.into());
        given::<AbsenceLedger>([declared(rtt, 1)]).when(declare(rtt, 1)).refused(AbsenceRefusal::AlreadyRecorded);
        given::<AbsenceLedger>([])
            .when(declare(Counter::TIME_SAVINGS, 1))
            .refused(AbsenceRefusal::Counter { counter: Counter::TIME_SAVINGS });
    }
}
