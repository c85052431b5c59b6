use super::{AbsenceRefusal, Facts};
use events::leave::AbsenceEvent;
use events::{Actor, GiftId};
use rules::ledger::DeclaredGift;
use rules::{HalfDays, Ledger};

/// Gives the days of a gift that the agent declared to a colleague, for good; they reach his ledger in the same append.
/// Who decides that is neither of them (D 2015-580 art. 4 to 6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GiveDays {
    /// The gift.
    pub gift: GiftId,
    /// What reaches the colleague: all that was declared.
    pub half_days: HalfDays,
    /// Who decides.
    pub by: Actor,
    /// The donor, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: GiveDays) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let GiveDays { gift, half_days, by, facts } = command;
    facts.by_another(by)?;
    match state.declared_gift(gift) {
        Some(DeclaredGift::Waiting { counter, half_days: declared }) if declared == half_days => {
            Ok(vec![AbsenceEvent::DaysGiven { gift, counter, half_days, on: facts.on }])
        }
        Some(DeclaredGift::Given) => Err(AbsenceRefusal::AlreadyRecorded),
        Some(DeclaredGift::Withdrawn) => Err(AbsenceRefusal::GiftEnded { status: DeclaredGift::Withdrawn.as_str() }),
        Some(DeclaredGift::Waiting { .. }) | None => Err(AbsenceRefusal::UnknownGift),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::samples::*;
    use crate::absence_ledger::{AbsenceLedger, DeclareGift};
    use crate::specification::given;
    use events::leave::{Counter, CounterKind};

    fn give(by: u128) -> GiveDays {
        let (half_days, by) = (HalfDays::days(3), Actor::Account(account(by)));
        GiveDays { gift: gift(1), half_days, by, facts: facts("2026-06-02") }
    }

    #[test]
    fn what_the_donor_declared_is_given_once_and_by_somebody_else() {
        let counter = Counter::of(CounterKind::Rtt, 2026);
        let half_days = HalfDays::days(3);
        let declared = after([DeclareGift { gift: gift(1), counter, half_days, facts: facts("2026-06-01") }.into()]);
        let given_away = AbsenceEvent::DaysGiven { gift: gift(1), counter, half_days, on: day("2026-06-02") };
        given::<AbsenceLedger>([]).when(give(HR)).refused(AbsenceRefusal::UnknownGift);
        let part = GiveDays { half_days: HalfDays::days(2), ..give(HR) };
        given::<AbsenceLedger>(declared.clone()).when(part).refused(AbsenceRefusal::UnknownGift);
        given::<AbsenceLedger>(declared.clone()).when(give(AGENT)).refused(AbsenceRefusal::OwnMatter);
        given::<AbsenceLedger>(declared.clone()).when(give(HR)).then([given_away.clone()]);
        let given_once = [declared, vec![given_away]].concat();
        assert_eq!(available(&given_once, counter, "2026-06-02"), HalfDays::days(20), "taken off once");
        given::<AbsenceLedger>(given_once).when(give(HR)).refused(AbsenceRefusal::AlreadyRecorded);
    }
}
