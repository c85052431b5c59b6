use super::special_motive::Absence;
use super::{AbsenceRefusal, Facts};
use chrono::NaiveDate;
use events::leave::LeaveType;
use rules::Ledger;
use rules::carer::{CarerForm, CarerRequest};
use rules::date::months_begun;
use rules::family::FamilyLeave;
use rules::ledger::Leave;
use rules::period::Period;
use rules::training::TrainingRequest;

/// When the leaves of a type are that still take something.
pub(super) fn others(ledger: &Ledger, leave_type: LeaveType, facts: &Facts) -> Vec<Period> {
    let of_type = ledger.leaves().filter(|(_, leave)| leave.leave_type == leave_type);
    of_type.flat_map(|(_, leave)| parts(leave, facts)).collect()
}

/// When a leave is, without the days that were given back: a career counts what is left. What a birth or an adoption gives
/// is one from its first to its last day.
pub(super) fn parts(leave: &Leave, facts: &Facts) -> Vec<Period> {
    if FamilyLeave::is_one(leave.leave_type) {
        leave.span().into_iter().collect()
    } else {
        leave.stretches(|at| facts.employment.pattern_works(at, facts.law.calendar()))
    }
}

/// Refuses what the law lets ask for only early enough, long enough in service, so often in a career, or so long for
/// what has happened. `asked_on` is none where the employer takes it late.
pub(super) fn check(
    absence: &Absence<'_>,
    others: &[Period],
    asked_on: Option<NaiveDate>,
    facts: &Facts,
) -> Result<(), AbsenceRefusal> {
    let Absence { leave_type, period, charges, circumstances, .. } = *absence;
    let first_day = period.start().date;
    let months = months_begun(first_day, period.end().date)?;
    let used_months = || {
        let days: i64 = others.iter().map(|other| other.calendar_days()).sum();
        u32::try_from(days / 30).unwrap_or(u32::MAX)
    };
    if FamilyLeave::is_one(leave_type) {
        let circumstances = circumstances.ok_or(AbsenceRefusal::Circumstances { leave_type })?;
        FamilyLeave { leave_type, period, asked_on, others }.check(circumstances, &facts.law)?;
    }
    let law = facts.law.at(first_day);
    match leave_type {
        LeaveType::Training => {
            let served = facts.employment.months_of_service(first_day).ok_or(AbsenceRefusal::EmploymentUnknown)?;
            let used_months = used_months();
            let request = TrainingRequest { asked_on, first_day, months, service_months: served, used_months };
            law.training_leave()?.check(request)?;
        }
        LeaveType::Carer => {
            let status = facts.employment.statuses().on(first_day).ok_or(AbsenceRefusal::EmploymentUnknown)?;
            let renewal = others.iter().any(|other| other.end().date.succ_opt() == Some(first_day));
            let shortest = charges.iter().map(|charge| charge.half_days.count()).sum();
            let form = if period.calendar_days() < 28 { CarerForm::Split { shortest } } else { CarerForm::Whole };
            let (status, used_months) = (*status, used_months());
            law.carer_leave()?.check(CarerRequest {
                asked_on,
                first_day,
                months,
                renewal,
                status,
                form,
                used_months,
            })?;
        }
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::absence_ledger::samples::*;
    use crate::absence_ledger::{AbsenceLedger, AbsenceRefusal, AmendLeave, Asked, CorrectLeave, RequestLeave};
    use crate::specification::given;
    use esrs::Aggregate;
    use events::HalfDaySet;
    use events::leave::LeaveType;
    use events::validation::{Approver, RouteRule};
    use rules::HalfDays;
    use rules::carer::CarerRefused;
    use rules::family::{FamilyLeaveRefused, PeriodsRefused};
    use rules::training::TrainingRefused;

    fn asked(leave_type: LeaveType, on: &str, first: &str, last: &str) -> RequestLeave {
        request(1, leave_type, days(first, last)).with(|asked| asked.facts = facts(on))
    }

    #[test]
    fn training_leave_is_asked_for_90_days_ahead_after_three_years() {
        let training = |on| asked(LeaveType::Training, on, "2026-09-01", "2026-11-30");
        after([training("2026-06-03").into()]);
        given::<AbsenceLedger>([])
            .when(training("2026-07-03"))
            .refused(TrainingRefused::Late(day("2026-06-03")).into());
        given::<AbsenceLedger>([])
            .when(asked(LeaveType::Training, "2020-06-01", "2021-09-01", "2021-09-30"))
            .refused(TrainingRefused::Service { required: 36, served: 20 }.into());
    }

    #[test]
    fn carer_leave_is_asked_for_a_month_ahead_three_months_at_a_time_and_by_the_day() {
        let carer = |on, first, last| asked(LeaveType::Carer, on, first, last);
        after([carer("2026-08-01", "2026-09-01", "2026-11-30").into()]);
        for (command, refusal) in [
            (carer("2026-08-02", "2026-09-01", "2026-11-30"), CarerRefused::Late(day("2026-08-01"))),
            (carer("2026-08-01", "2026-09-01", "2026-12-31"), CarerRefused::Length(3)),
        ] {
            given::<AbsenceLedger>([]).when(command).refused(refusal.into());
        }
        let half = request(1, LeaveType::Carer, from_to("2026-09-01 AM", "2026-09-01 AM"));
        given::<AbsenceLedger>([]).when(half).refused(CarerRefused::TooShort(HalfDays::days(1)).into());
    }

    #[test]
    fn a_family_leave_is_as_long_as_the_law_gives_for_what_has_happened() {
        let paternity = |number, circumstances, first, last| {
            request(number, LeaveType::Paternity, days(first, last)).with(|asked| asked.circumstances = circumstances)
        };
        let born = Some(birth("2026-06-10"));
        let at_once = after([paternity(1, born, "2026-06-10", "2026-06-21").into()]);
        for (number, circumstances, last, refusal) in [
            (2, None, "2026-08-18", AbsenceRefusal::Circumstances { leave_type: LeaveType::Paternity }),
            (2, Some(pregnancy()), "2026-08-18", FamilyLeaveRefused::OtherCircumstances.into()),
            (
                2,
                born,
                "2026-08-19",
                FamilyLeaveRefused::from(PeriodsRefused::TooManyDays { asked: 22, remaining: 21 }).into(),
            ),
        ] {
            given::<AbsenceLedger>(at_once.clone())
                .when(paternity(number, circumstances, "2026-08-03", last))
                .refused(refusal);
        }
        let rest = [at_once, after([paternity(2, born, "2026-08-03", "2026-08-18").into()])].concat();
        let amend =
            AmendLeave(Asked { circumstances: born, ..dates(2, days("2026-08-03", "2026-08-19"), "2026-01-03") });
        given::<AbsenceLedger>(rest)
            .when(amend)
            .refused(FamilyLeaveRefused::from(PeriodsRefused::TooManyDays { asked: 22, remaining: 21 }).into());
    }

    #[test]
    fn a_career_has_a_year_of_carer_leave() {
        let carer = |number, first, last| {
            let by_hr = RouteRule { types: Vec::new(), longer_than: None, steps: vec![any_of(&[Approver::Hr])] };
            let request = asked(LeaveType::Carer, "2025-01-01", first, last);
            request.with(|asked| (asked.leave, asked.routes) = (leave(number), vec![by_hr])).into()
        };
        let events = after([
            carer(11, "2025-03-01", "2025-05-31"),
            carer(12, "2025-06-01", "2025-08-31"),
            carer(13, "2025-09-01", "2025-11-30"),
            carer(14, "2025-12-01", "2026-02-28"),
        ]);
        let fifth = || asked(LeaveType::Carer, "2026-01-01", "2026-04-01", "2026-04-30");
        given::<AbsenceLedger>(events.clone()).when(fifth()).refused(CarerRefused::Career { left: 0, asked: 1 }.into());
        // Two months of the first given back, but for its first and its last week.
        let back = days("2025-03-10", "2025-05-23").half_days().collect::<HalfDaySet>();
        let correction = CorrectLeave {
            leave: leave(11),
            release: back.and(&ledger(&events).away()),
            add: None,
            special_motive: None,
            circumstances: None,
            child: None,
            effective: day("2025-03-10"),
            motive: motive(),
            by: account(HR),
            facts: facts("2026-01-01"),
        };
        let mut left = events;
        let approved = AbsenceLedger::handle_command(&ledger(&left), approve(11, 0, authority(HR)).into());
        left.extend(approved.unwrap());
        left.extend(AbsenceLedger::handle_command(&ledger(&left), correction.into()).unwrap());
        assert_eq!(AbsenceLedger::handle_command(&ledger(&left), fifth().into()).unwrap().len(), 1);
    }
}
