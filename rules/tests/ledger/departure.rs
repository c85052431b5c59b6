//! What annual leave is worth at the end of service.

use crate::world::*;
use events::employment::EmploymentEvent;
use events::leave::{CounterKind, CreditCause, LeaveType};
use rules::{Cents, HalfDays, Ledger};

const LAST_DAY: &str = "2026-12-31";

/// What is not taken and what is paid of it to who leaves on the last of December.
fn paid(ledger: &Ledger) -> Option<(HalfDays, HalfDays)> {
    let leaving = agent("2020-01-01").after(&EmploymentEvent::ServiceLeft { on: day(LAST_DAY) });
    let indemnity = ledger.indemnity(Cents::new(250_000), &book(), &leaving).unwrap();
    indemnity.map(|indemnity| (indemnity.not_taken, indemnity.paid))
}

#[test]
fn the_unused_part_of_the_first_four_weeks_is_paid() {
    let agent = agent("2020-01-01");
    let six = (LeaveType::AnnualLeave, days("2026-05-18", "2026-05-26"));
    let taken = taking(&agent, &[six]).after(&sick(&agent, days("2026-06-01", LAST_DAY)));
    assert_eq!(paid(&taken), Some((HalfDays::days(19), HalfDays::days(14))));
    let after_the_exit = taking(&agent, &[six, (LeaveType::AnnualLeave, days("2027-01-04", "2027-01-08"))]);
    let hindered = after_the_exit.after(&sick(&agent, days("2026-06-01", LAST_DAY)));
    assert_eq!(paid(&hindered), Some((HalfDays::days(19), HalfDays::days(14))));
}

/// Decree 2025-564 pays what is left of the first four weeks of each year's leave, not four weeks in all.
#[test]
fn the_first_four_weeks_of_the_year_before_are_paid_beside_those_of_the_last() {
    let agent = agent("2020-01-01");
    let carried = |half_days, cause| {
        let credit = credit(counter(CounterKind::CarriedOver, 2025), half_days, "2026-01-01", None, cause);
        taking(&agent, &[(LeaveType::AnnualLeave, days("2025-02-03", "2025-02-10"))]).after(&credit)
    };
    let sick_since = |first: &str| sick(&agent, days(first, LAST_DAY));
    let after_sickness = carried(HalfDays::days(14), CreditCause::CarryOverAfterSickness);
    let all_year = paid(&after_sickness.after(&sick_since("2026-01-01")));
    assert_eq!(all_year, Some((HalfDays::days(14 + 25), HalfDays::days(14 + 20))));
    let after_family = carried(HalfDays::days(19), CreditCause::CarryOverAfterFamilyLeave);
    let all_year = paid(&after_family.after(&sick_since("2026-01-01")));
    assert_eq!(all_year, Some((HalfDays::days(19 + 25), HalfDays::days(19 + 20))), "the year's own after sickness");
}

#[test]
fn nothing_is_paid_that_could_be_taken_after_the_sickness() {
    let agent = agent("2020-01-01");
    let sick_until = |last| paid(&Ledger::default().after(&sick(&agent, days("2026-01-05", last))));
    assert_eq!(sick_until("2026-01-05"), None);
    assert_eq!(sick_until("2026-11-20"), None, "28 days are left to work");
    assert_eq!(sick_until("2026-11-27"), Some((HalfDays::days(25), HalfDays::days(20))), "24 days are left to work");
}
