use super::{AbsenceRefusal, Facts};
use chrono::Datelike;
use events::leave::AbsenceEvent;
use events::{Actor, GiftId};
use rules::gift::GiftRefused;
use rules::{HalfDays, Ledger};

/// Receives days from a colleague who stays unknown, while in service (D 2015-580 art. 1): at most so many a year
/// (art. 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiveDays {
    /// The gift.
    pub gift: GiftId,
    /// How much.
    pub half_days: HalfDays,
    /// Who decides.
    pub by: Actor,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: ReceiveDays) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let ReceiveDays { gift, half_days, by, facts } = command;
    facts.by_another(by)?;
    let on = facts.on;
    if state.has_gift(gift) {
        return Err(AbsenceRefusal::AlreadyRecorded);
    }
    if facts.employment.has_left(on) {
        return Err(GiftRefused::Left.into());
    }
    let law = facts.law.at(on);
    let rule = law.gift_of_days()?;
    rule.whole(half_days)?;
    let left = rule.receivable(state.donated(on.year()));
    if half_days > left {
        return Err(GiftRefused::Beneficiary { left }.into());
    }
    Ok(vec![AbsenceEvent::DaysReceived { gift, half_days, on }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::AbsenceLedger;
    use crate::absence_ledger::samples::*;
    use crate::specification::given;
    use events::leave::{Counter, CounterKind, LeaveType};

    fn receive(number: u128, days: u32, by: u128) -> ReceiveDays {
        let (half_days, by) = (HalfDays::days(days), Actor::Account(account(by)));
        ReceiveDays { gift: gift(number), half_days, by, facts: facts("2026-06-01") }
    }

    #[test]
    fn a_colleague_receives_at_most_90_days_a_year_and_takes_them() {
        let received = after([receive(1, 60, HR).into(), receive(2, 30, HR).into()]);
        given::<AbsenceLedger>(received.clone())
            .when(receive(3, 1, HR))
            .refused(GiftRefused::Beneficiary { left: HalfDays::ZERO }.into());
        let events = super::super::request_leave::decide(
            &ledger(&received),
            request(1, LeaveType::DonatedDays, days("2026-06-01", "2026-06-05")),
        );
        let after = [received, events.unwrap()].concat();
        assert_eq!(available(&after, Counter::of(CounterKind::DonatedDays, 2026), "2026-07-01"), HalfDays::days(85));
    }

    #[test]
    fn nobody_gives_to_himself_as_human_resources() {
        given::<AbsenceLedger>([]).when(receive(1, 1, AGENT)).refused(AbsenceRefusal::OwnMatter);
    }

    #[test]
    fn who_left_the_service_receives_nothing() {
        let leaving = |last: &str| {
            let receive = receive(1, 1, HR);
            ReceiveDays { facts: Facts { employment: leaving(last).employment, ..receive.facts }, ..receive }
        };
        given::<AbsenceLedger>([]).when(leaving("2026-05-31")).refused(GiftRefused::Left.into());
        let received =
            AbsenceEvent::DaysReceived { gift: gift(1), half_days: HalfDays::days(1), on: day("2026-06-01") };
        given::<AbsenceLedger>([]).when(leaving("2026-06-01")).then([received]);
    }
}
