use super::AbsenceRefusal;
use events::GiftId;
use events::leave::AbsenceEvent;
use rules::Ledger;
use rules::ledger::DeclaredGift;

/// Takes back a gift that human resources have given to nobody yet; its days are the agent's again. Once accepted, a gift
/// is final (D 2015-580 art. 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithdrawGift {
    /// The gift.
    pub gift: GiftId,
}

pub(super) fn decide(state: &Ledger, command: WithdrawGift) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let WithdrawGift { gift } = command;
    match state.declared_gift(gift).ok_or(AbsenceRefusal::UnknownGift)? {
        DeclaredGift::Waiting { .. } => Ok(vec![AbsenceEvent::GiftWithdrawn { gift }]),
        ended => Err(AbsenceRefusal::GiftEnded { status: ended.as_str() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::samples::*;
    use crate::absence_ledger::{AbsenceLedger, GiveDays};
    use crate::specification::given;
    use events::Actor;
    use events::leave::{Counter, CounterKind};
    use rules::HalfDays;

    fn withdraw() -> WithdrawGift {
        WithdrawGift { gift: gift(1) }
    }

    fn rtt() -> Counter {
        Counter::of(CounterKind::Rtt, 2026)
    }

    fn declared() -> AbsenceEvent {
        AbsenceEvent::GiftDeclared {
            gift: gift(1),
            counter: rtt(),
            half_days: HalfDays::days(3),
            on: day("2026-06-01"),
        }
    }

    #[test]
    fn a_gift_that_nobody_has_yet_is_taken_back_once_and_its_days_return() {
        let withdrawn = AbsenceEvent::GiftWithdrawn { gift: gift(1) };
        given::<AbsenceLedger>([declared()]).when(withdraw()).then([withdrawn.clone()]);
        let history = [declared(), withdrawn];
        assert_eq!(available(&history, rtt(), "2026-06-02"), HalfDays::days(23));
        given::<AbsenceLedger>(history.clone())
            .when(withdraw())
            .refused(AbsenceRefusal::GiftEnded { status: "withdrawn" });
        let (half_days, by) = (HalfDays::days(3), Actor::Account(account(HR)));
        let give = GiveDays { gift: gift(1), half_days, by, facts: facts("2026-06-02") };
        given::<AbsenceLedger>(history).when(give).refused(AbsenceRefusal::GiftEnded { status: "withdrawn" });
    }

    #[test]
    fn one_that_was_given_is_final() {
        let half_days = HalfDays::days(3);
        let given_away = AbsenceEvent::DaysGiven { gift: gift(1), counter: rtt(), half_days, on: day("2026-06-02") };
        given::<AbsenceLedger>([declared(), given_away])
            .when(withdraw())
            .refused(AbsenceRefusal::GiftEnded { status: "given" });
    }

    #[test]
    fn what_was_received_or_never_declared_is_no_gift_of_the_agent() {
        given::<AbsenceLedger>([]).when(withdraw()).refused(AbsenceRefusal::UnknownGift);
        let received =
            AbsenceEvent::DaysReceived { gift: gift(1), half_days: HalfDays::days(1), on: day("2026-06-02") };
        given::<AbsenceLedger>([received]).when(withdraw()).refused(AbsenceRefusal::UnknownGift);
    }
}
