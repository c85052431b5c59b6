use super::{AbsenceRefusal, Facts};
use events::leave::LeaveType;
use rules::carer::{CarerForm, CarerRequest};
use rules::period::Period;
use rules::training::TrainingRequest;
use rules::{HalfDays, Ledger};

/// Refuses what the law lets ask for only early enough, long enough in service, or so often in a career.
pub(super) fn check(
    state: &Ledger,
    leave_type: LeaveType,
    period: Period,
    count: HalfDays,
    facts: &Facts,
) -> Result<(), AbsenceRefusal> {
    let first_day = period.start().date;
    let (asked_on, months) = (facts.on, months(calendar_days(period)));
    let used_months = || {
        let used = state.leaves().filter(|(_, leave)| leave.leave_type == leave_type && !leave.charges.is_empty());
        u32::try_from(used.map(|(_, leave)| calendar_days(leave.period)).sum::<i64>() / 30).unwrap_or(u32::MAX)
    };
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
            let renewal = state.leaves().any(|(_, leave)| {
                leave.leave_type == leave_type && leave.period.end().date.succ_opt() == Some(first_day)
            });
            let form = if calendar_days(period) < 28 { CarerForm::Split { shortest: count } } else { CarerForm::Whole };
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

fn calendar_days(period: Period) -> i64 {
    (period.end().date - period.start().date).num_days() + 1
}

/// The months that a leave of so many days takes up, each begun one whole.
fn months(days: i64) -> u32 {
    u32::try_from((days + 30) / 31).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use crate::absence_ledger::samples::*;
    use crate::absence_ledger::{AbsenceLedger, RequestLeave};
    use crate::specification::given;
    use events::leave::LeaveType;
    use rules::HalfDays;
    use rules::carer::CarerRefused;
    use rules::training::TrainingRefused;

    fn asked(leave_type: LeaveType, on: &str, first: &str, last: &str) -> RequestLeave {
        RequestLeave { facts: facts(on), ..request(1, leave_type, days(first, last)) }
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
    fn a_career_has_a_year_of_carer_leave() {
        let events = after([
            RequestLeave { leave: leave(11), ..asked(LeaveType::Carer, "2025-01-01", "2025-03-01", "2025-05-31") }
                .into(),
            RequestLeave { leave: leave(12), ..asked(LeaveType::Carer, "2025-01-01", "2025-06-01", "2025-08-31") }
                .into(),
            RequestLeave { leave: leave(13), ..asked(LeaveType::Carer, "2025-01-01", "2025-09-01", "2025-11-30") }
                .into(),
            RequestLeave { leave: leave(14), ..asked(LeaveType::Carer, "2025-01-01", "2025-12-01", "2026-02-28") }
                .into(),
        ]);
        given::<AbsenceLedger>(events)
            .when(asked(LeaveType::Carer, "2026-01-01", "2026-04-01", "2026-04-30"))
            .refused(CarerRefused::Career { left: 0, asked: 1 }.into());
    }
}
