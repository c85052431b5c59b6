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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::samples::*;
    use crate::absence_ledger::{AbsenceLedger, ReceiveDays};
    use crate::specification::given;
    use events::leave::LeaveType;
    use uuid::Uuid;

    fn gift(number: u128) -> GiftId {
        GiftId::from_uuid(Uuid::from_u128(number))
    }

    fn give(counter: Counter, days: u32) -> GiveDays {
        GiveDays { gift: gift(1), counter, half_days: HalfDays::days(days), facts: facts("2026-06-01") }
    }

    fn receive(number: u128, days: u32) -> ReceiveDays {
        ReceiveDays { gift: gift(number), half_days: HalfDays::days(days), facts: facts("2026-06-01") }
    }

    #[test]
    fn rtt_and_annual_leave_beyond_the_twentieth_day_are_given() {
        let given_away = |counter, days| AbsenceEvent::DaysGiven {
            gift: gift(1),
            counter,
            half_days: HalfDays::days(days),
            on: day("2026-06-01"),
        };
        let rtt = Counter::of(CounterKind::Rtt, 2026);
        given::<AbsenceLedger>([]).when(give(rtt, 23)).then([given_away(rtt, 23)]);
        given::<AbsenceLedger>([]).when(give(annual(2026), 5)).then([given_away(annual(2026), 5)]);
        let too_much = GiftRefused::TooMuch { givable: HalfDays::days(5), offered: HalfDays::days(6) };
        given::<AbsenceLedger>([]).when(give(annual(2026), 6)).refused(too_much.into());
        assert_eq!(available(&[given_away(annual(2026), 5)], annual(2026), "2026-06-01"), HalfDays::days(20));
        given::<AbsenceLedger>([])
            .when(give(Counter::TIME_SAVINGS, 1))
            .refused(AbsenceRefusal::Counter { counter: Counter::TIME_SAVINGS });
    }

    #[test]
    fn a_colleague_receives_at_most_90_days_a_year_and_takes_them() {
        let received = after([receive(1, 60).into(), receive(2, 30).into()]);
        given::<AbsenceLedger>(received.clone())
            .when(receive(3, 1))
            .refused(GiftRefused::Beneficiary { left: HalfDays::ZERO }.into());
        let events = super::super::request_leave::decide(
            &ledger(&received),
            request(1, LeaveType::DonatedDays, days("2026-06-01", "2026-06-05")),
        );
        let after = [received, events.unwrap()].concat();
        assert_eq!(available(&after, Counter::of(CounterKind::DonatedDays, 2026), "2026-07-01"), HalfDays::days(85));
    }
}
