use super::{AbsenceRefusal, Facts};
use events::leave::{AbsenceEvent, Counter, CounterKind, CreditCause};
use events::{Actor, CreditId};
use rules::Ledger;
use rules::carry_over::Hindrance;
use rules::ledger::{CarriedOver, Hindered};

/// Carries annual leave over that sickness or a family leave kept from being taken: as much, and for as long, as the
/// law says (D 85-1250 art. 5-1), once a year of leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarryOverLeave {
    /// The credit.
    pub credit: CreditId,
    /// The year, and what hindered.
    pub hindered: Hindered,
    /// Who decides.
    pub by: Actor,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: CarryOverLeave) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let CarryOverLeave { credit, hindered, by, facts } = command;
    facts.by_another(by)?;
    let counter = Counter::of(CounterKind::CarriedOver, hindered.year);
    let cause = match hindered.by {
        Hindrance::Sickness => CreditCause::CarryOverAfterSickness,
        Hindrance::Family => CreditCause::CarryOverAfterFamilyLeave,
    };
    if state.has_credit(credit) || state.was_credited(counter, cause) {
        return Err(AbsenceRefusal::AlreadyRecorded);
    }
    let CarriedOver { days, from, until } = state.carried_over(hindered, facts.on, &facts.law, &facts.employment)?;
    Ok(vec![AbsenceEvent::RightCredited {
        credit,
        counter,
        half_days: days.carried,
        effective: from,
        usable_until: Some(until),
        cause,
        motive: None,
    }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::samples::*;
    use crate::absence_ledger::{AbsenceCommand, AbsenceLedger, RecordAbsence};
    use crate::specification::given;
    use events::leave::LeaveType;
    use rules::HalfDays;
    use rules::ledger::Uncarried;
    use uuid::Uuid;

    fn carry(by: Hindrance) -> CarryOverLeave {
        let hindered = Hindered { year: 2025, by, return_date: day("2026-03-02"), during_absence: false };
        let credit = CreditId::from_uuid(Uuid::from_u128(1));
        CarryOverLeave { credit, hindered, by: Actor::Account(account(HR)), facts: facts("2026-03-02") }
    }

    fn credited(days: u32, cause: CreditCause) -> AbsenceEvent {
        AbsenceEvent::RightCredited {
            credit: CreditId::from_uuid(Uuid::from_u128(1)),
            counter: Counter::of(CounterKind::CarriedOver, 2025),
            half_days: HalfDays::days(days),
            effective: day("2026-03-02"),
            usable_until: Some(day("2027-06-01")),
            cause,
            motive: None,
        }
    }

    fn sick_in_november() -> AbsenceCommand {
        sick(1, days("2025-11-03", "2025-11-14")).into()
    }

    fn in_paternity() -> AbsenceCommand {
        let leave_type = LeaveType::Paternity;
        RecordAbsence {
            leave: leave(2),
            leave_type,
            period: days("2025-10-06", "2025-10-17"),
            special_motive: None,
            circumstances: None,
            by: Actor::Account(account(HR)),
            facts: facts("2025-11-01"),
        }
        .into()
    }

    #[test]
    fn of_19_days_left_after_sickness_14_are_carried_for_15_months() {
        let taken = after([
            annual_leave(1, "2025-02-03", "2025-02-10").into(),
            approve(1, 0, authority(MANAGER)).into(),
            sick_in_november(),
            in_paternity(),
        ]);
        let after_sickness = credited(14, CreditCause::CarryOverAfterSickness);
        given::<AbsenceLedger>(taken.clone()).when(carry(Hindrance::Sickness)).then([after_sickness.clone()]);
        given::<AbsenceLedger>(taken.clone())
            .when(carry(Hindrance::Family))
            .then([credited(19, CreditCause::CarryOverAfterFamilyLeave)]);
        given::<AbsenceLedger>([taken, vec![after_sickness]].concat())
            .when(CarryOverLeave { credit: CreditId::from_uuid(Uuid::from_u128(2)), ..carry(Hindrance::Sickness) })
            .refused(AbsenceRefusal::AlreadyRecorded);
    }

    #[test]
    fn what_was_carried_over_or_is_asked_for_is_not_carried_again() {
        let taken = after([annual_leave(1, "2025-02-03", "2025-02-10").into(), sick_in_november(), in_paternity()]);
        let after_sickness = credited(14, CreditCause::CarryOverAfterSickness);
        given::<AbsenceLedger>(taken.clone()).when(carry(Hindrance::Sickness)).then([after_sickness.clone()]);
        let second = CarryOverLeave { credit: CreditId::from_uuid(Uuid::from_u128(2)), ..carry(Hindrance::Family) };
        let mut rest = credited(5, CreditCause::CarryOverAfterFamilyLeave);
        if let AbsenceEvent::RightCredited { credit, .. } = &mut rest {
            *credit = second.credit;
        }
        given::<AbsenceLedger>([taken.clone(), vec![after_sickness]].concat()).when(second).then([rest]);
        let all = credited(19, CreditCause::CarryOverAfterFamilyLeave);
        let second = CarryOverLeave { credit: CreditId::from_uuid(Uuid::from_u128(2)), ..carry(Hindrance::Sickness) };
        given::<AbsenceLedger>([taken, vec![all]].concat()).when(second).refused(Uncarried::Nothing(2025).into());
    }

    #[test]
    fn a_year_that_runs_and_one_without_such_an_absence_are_not_carried_over() {
        let early = CarryOverLeave { facts: facts("2025-12-31"), ..carry(Hindrance::Sickness) };
        given::<AbsenceLedger>(after([sick_in_november()])).when(early).refused(Uncarried::Running(2025).into());
        given::<AbsenceLedger>(after([sick_in_november()]))
            .when(carry(Hindrance::Family))
            .refused(Uncarried::NoHindrance(2025).into());
        given::<AbsenceLedger>(after([in_paternity()]))
            .when(carry(Hindrance::Sickness))
            .refused(Uncarried::NoHindrance(2025).into());
    }

    #[test]
    fn what_was_never_acquired_is_not_carried_nor_anything_by_oneself() {
        let hindered = Hindered { year: 2019, ..carry(Hindrance::Sickness).hindered };
        given::<AbsenceLedger>(after([sick_in_november()]))
            .when(CarryOverLeave { hindered, ..carry(Hindrance::Sickness) })
            .refused(Uncarried::Nothing(2019).into());
        let by = Actor::Account(account(AGENT));
        given::<AbsenceLedger>([])
            .when(CarryOverLeave { by, ..carry(Hindrance::Sickness) })
            .refused(AbsenceRefusal::OwnMatter);
    }
}
