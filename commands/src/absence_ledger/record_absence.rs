use super::special_motive::{self, Absence, Kept};
use super::{AbsenceRefusal, Child, Facts, SpecialMotive, announce_overdrafts, conditions, served};
use events::leave::{AbsenceEvent, LeaveType};
use events::{Actor, LeaveId, Sealed};
use rules::Ledger;
use rules::family::Circumstances;
use rules::period::Period;

/// Records an absence that needs no validation: what human resources know, or another system's file says. The law bounds
/// it as one that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordAbsence {
    /// The leave.
    pub leave: LeaveId,
    /// What it is.
    pub leave_type: LeaveType,
    /// From when to when.
    pub period: Period,
    /// The motive of a special absence.
    pub special_motive: Option<SpecialMotive>,
    /// What its length may follow from; it is not kept.
    pub circumstances: Option<Circumstances>,
    /// The same of a child that comes, as it is kept.
    pub child: Option<Child>,
    /// Why it is taken although it was asked for too late, or is no service and annual leave that is in use was earned by
    /// it; without one, the law is held against both.
    pub motive: Option<Sealed<String>>,
    /// Who records it.
    pub by: Actor,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: RecordAbsence) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let RecordAbsence { leave, leave_type, period, special_motive, circumstances, child, motive, by, facts } = command;
    facts.by_another(by)?;
    if state.leave(leave).is_some() {
        return Err(AbsenceRefusal::AlreadyRecorded);
    }
    let first = period.start().date;
    let quote = facts.quote(state, leave_type, period)?;
    let absence = Absence { leave_type, period, charges: &quote.charges, circumstances, child: child.as_ref() };
    let Kept { special_motive, occasion } = special_motive::checked(special_motive, &absence, state, &facts)?;
    let asked_on = motive.is_none().then_some(facts.on);
    conditions::check(&absence, &conditions::others(state, leave_type, &facts), asked_on, &facts)?;
    facts.foreseeable("first", first)?;
    let answered_for = motive.is_some();
    let recorded = AbsenceEvent::AbsenceRecorded {
        leave,
        leave_type,
        period,
        charges: quote.charges,
        rules: facts.law.version(),
        unit: facts.employment.units().on(first).copied(),
        special_motive,
        occasion,
        motive,
    };
    if !answered_for {
        served::covered(leave_type, period, state, &state.clone().after(&recorded), &facts)?;
    }
    Ok(announce_overdrafts::with(state, recorded, &facts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::AbsenceLedger;
    use crate::absence_ledger::samples::*;
    use crate::specification::given;
    use events::leave::Charge;
    use rules::carer::CarerRefused;
    use rules::family::FamilyLeaveRefused;

    fn record(by: Actor) -> RecordAbsence {
        RecordAbsence {
            leave: leave(1),
            leave_type: LeaveType::Unjustified,
            period: days("2026-05-04", "2026-05-04"),
            special_motive: None,
            circumstances: None,
            child: None,
            motive: None,
            by,
            facts: facts("2026-05-05"),
        }
    }

    #[test]
    fn human_resources_and_imports_record_what_needs_no_validation() {
        for by in [Actor::Account(account(HR)), Actor::Service] {
            given::<AbsenceLedger>([]).when(record(by)).then([AbsenceEvent::AbsenceRecorded {
                leave: leave(1),
                leave_type: LeaveType::Unjustified,
                period: days("2026-05-04", "2026-05-04"),
                charges: vec![Charge { counter: None, half_days: halves(&["2026-05-04"]), available: None }],
                rules: law().version(),
                unit: Some(unit()),
                special_motive: None,
                occasion: None,
                motive: None,
            }]);
        }
    }

    #[test]
    fn the_law_bounds_what_is_recorded_as_what_is_asked_for() {
        let recorded = |leave_type, first, last, circumstances| RecordAbsence {
            leave_type,
            period: days(first, last),
            circumstances,
            ..record(Actor::Account(account(HR)))
        };
        let short = Some(pregnancy());
        let beyond = FamilyLeaveRefused::Maternity { first: day("2026-04-29"), last: day("2026-08-18") };
        for (command, refusal) in [
            (recorded(LeaveType::Maternity, "2026-04-29", "2026-08-19", short), beyond.into()),
            (
                recorded(LeaveType::Maternity, "2026-04-29", "2026-08-18", None),
                AbsenceRefusal::Circumstances { leave_type: LeaveType::Maternity },
            ),
            (recorded(LeaveType::Carer, "2026-03-02", "2026-06-30", None), CarerRefused::Length(3).into()),
        ] {
            given::<AbsenceLedger>([]).when(command).refused(refusal);
        }
        assert!(decide(&Ledger::default(), recorded(LeaveType::Maternity, "2026-04-29", "2026-08-18", short)).is_ok());
    }

    #[test]
    fn what_was_asked_for_too_late_is_taken_with_a_motive_and_no_longer_than_the_law_gives() {
        let carer = |last, motive| RecordAbsence {
            leave_type: LeaveType::Carer,
            period: days("2026-05-04", last),
            motive,
            ..record(Actor::Account(account(HR)))
        };
        given::<AbsenceLedger>([])
            .when(carer("2026-07-31", None))
            .refused(CarerRefused::Late(day("2026-04-04")).into());
        let recorded = decide(&Ledger::default(), carer("2026-07-31", motive())).unwrap();
        assert!(matches!(&recorded[..], [AbsenceEvent::AbsenceRecorded { motive: Some(_), .. }]));
        given::<AbsenceLedger>([]).when(carer("2026-09-30", motive())).refused(CarerRefused::Length(3).into());
    }

    #[test]
    fn nobody_knows_of_an_absence_in_60_years() {
        let far = |leave_type, motive| RecordAbsence {
            leave_type,
            period: days("2090-05-09", "2090-05-09"),
            motive,
            ..record(Actor::Service)
        };
        for command in [far(LeaveType::Unjustified, None), far(LeaveType::Unpaid, motive())] {
            given::<AbsenceLedger>([])
                .when(command)
                .refused(AbsenceRefusal::TooFarAhead { field: "first", most_days: 366 });
        }
        given::<AbsenceLedger>([])
            .when(RecordAbsence { period: days("2027-05-07", "2027-05-07"), ..record(Actor::Service) })
            .refused(AbsenceRefusal::TooFarAhead { field: "first", most_days: 366 });
        let next_year = RecordAbsence { period: days("2027-05-05", "2027-05-05"), ..record(Actor::Service) };
        assert!(decide(&Ledger::default(), next_year).is_ok());
    }

    #[test]
    fn nobody_of_human_resources_records_his_own() {
        given::<AbsenceLedger>([]).when(record(Actor::Account(account(AGENT)))).refused(AbsenceRefusal::OwnMatter);
    }
}
