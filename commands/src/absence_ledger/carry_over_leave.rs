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
    use crate::absence_ledger::{AbsenceCommand, AbsenceLedger, CreditRight, RecordAbsence};
    use crate::specification::given;
    use events::leave::LeaveType;
    use rules::HalfDays;
    use rules::ledger::Uncarried;
    use uuid::Uuid;

    fn carry(by: Hindrance) -> CarryOverLeave {
        let return_date = match by {
            Hindrance::Sickness => day("2026-03-02"),
            Hindrance::Family => day("2025-10-20"),
        };
        let hindered = Hindered { year: 2025, by, return_date, during_absence: false };
        let credit = CreditId::from_uuid(Uuid::from_u128(1));
        CarryOverLeave { credit, hindered, by: Actor::Account(account(HR)), facts: facts("2026-03-02") }
    }

    fn credited(days: u32, cause: CreditCause) -> AbsenceEvent {
        let (effective, until) = if cause == CreditCause::CarryOverAfterSickness {
            ("2026-03-02", "2027-06-01")
        } else {
            ("2026-01-01", "2027-01-19")
        };
        AbsenceEvent::RightCredited {
            credit: CreditId::from_uuid(Uuid::from_u128(1)),
            counter: Counter::of(CounterKind::CarriedOver, 2025),
            half_days: HalfDays::days(days),
            effective: day(effective),
            usable_until: Some(day(until)),
            cause,
            motive: None,
        }
    }

    fn sick_since_november() -> AbsenceCommand {
        sick(1, days("2025-11-03", "2026-02-27")).into()
    }

    fn in_paternity() -> AbsenceCommand {
        let leave_type = LeaveType::Paternity;
        RecordAbsence {
            leave: leave(2),
            leave_type,
            period: days("2025-10-06", "2025-10-17"),
            special_motive: None,
            circumstances: Some(birth("2025-10-06")),
            child: None,
            motive: None,
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
            sick_since_november(),
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
        let taken = after([annual_leave(1, "2025-02-03", "2025-02-10").into(), sick_since_november(), in_paternity()]);
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
        given::<AbsenceLedger>(after([sick_since_november()])).when(early).refused(Uncarried::Running(2025).into());
        given::<AbsenceLedger>(after([sick_since_november()]))
            .when(carry(Hindrance::Family))
            .refused(Uncarried::NoHindrance(2025).into());
        given::<AbsenceLedger>(after([in_paternity()]))
            .when(carry(Hindrance::Sickness))
            .refused(Uncarried::NoHindrance(2025).into());
    }

    #[test]
    fn what_was_never_acquired_is_not_carried_nor_anything_by_oneself() {
        let before = sick(1, days("2019-11-04", "2020-02-28")).into();
        let hindered = Hindered { year: 2019, return_date: day("2020-03-02"), ..carry(Hindrance::Sickness).hindered };
        given::<AbsenceLedger>(after([before]))
            .when(CarryOverLeave { hindered, ..carry(Hindrance::Sickness) })
            .refused(Uncarried::NoHindrance(2019).into());
        let by = Actor::Account(account(AGENT));
        given::<AbsenceLedger>([])
            .when(CarryOverLeave { by, ..carry(Hindrance::Sickness) })
            .refused(AbsenceRefusal::OwnMatter);
    }

    #[test]
    fn an_absence_carries_over_the_leave_alone_that_it_prevented() {
        let of = |year, return_date| {
            let hindered = Hindered { year, return_date: day(return_date), ..carry(Hindrance::Sickness).hindered };
            CarryOverLeave { hindered, ..carry(Hindrance::Sickness) }
        };
        let sick_in_2026 = after([sick(1, days("2026-02-02", "2026-02-27")).into()]);
        given::<AbsenceLedger>(sick_in_2026.clone())
            .when(of(2025, "2026-03-02"))
            .refused(Uncarried::NoHindrance(2025).into());
        let authorised = CreditRight {
            usable_until: Some(day("2026-02-06")),
            ..credit(
                2,
                Counter::of(CounterKind::CarriedOver, 2025),
                HalfDays::days(2),
                CreditCause::ExceptionalCarryOver,
            )
        };
        let authorised = [sick_in_2026, after([authorised.into()])].concat();
        let carried = decide(&ledger(&authorised), of(2025, "2026-03-02"));
        assert!(
            matches!(carried.as_deref(), Ok([AbsenceEvent::RightCredited { half_days, .. }]) if *half_days == HalfDays::days(18))
        );
        for return_date in ["2026-01-05", "2026-02-27", "2026-03-03", "2027-03-01"] {
            given::<AbsenceLedger>(after([sick_since_november()]))
                .when(of(2025, return_date))
                .refused(Uncarried::OtherReturn(day("2026-03-02")).into());
        }
    }

    #[test]
    fn what_could_be_taken_after_the_return_is_not_carried_over() {
        let after_sickness = |last, return_date| {
            let hindered = Hindered { return_date: day(return_date), ..carry(Hindrance::Sickness).hindered };
            let spell = after([sick(1, days("2025-02-10", last)).into()]);
            decide(&ledger(&spell), CarryOverLeave { hindered, ..carry(Hindrance::Sickness) })
        };
        let refused = AbsenceRefusal::from(Uncarried::NotPrevented(2025));
        for (last, return_date) in [("2025-02-10", "2025-02-11"), ("2025-11-21", "2025-11-24")] {
            assert_eq!(after_sickness(last, return_date), Err(refused.clone()), "{last}");
        }
        assert!(after_sickness("2025-11-28", "2025-12-01").is_ok(), "22 days are left to work, and 25 to take");
    }
}
