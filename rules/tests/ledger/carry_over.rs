//! Leave that is carried over.

use crate::world::*;
use events::leave::{CounterKind, CreditCause, LeaveType};
use rules::ledger::{Activated, Unquotable, Violation, miscounted};
use rules::{HalfDays, Ledger};

#[test]
fn carried_over_days_go_first_and_end_on_their_own_date() {
    let agent = agent("2020-01-01");
    let carried = counter(CounterKind::CarriedOver, 2025);
    let event =
        credit(carried, HalfDays::days(2), "2026-03-02", Some("2027-06-01"), CreditCause::CarryOverAfterSickness);
    let ledger = Ledger::default().after(&event);
    let quote =
        ledger.quote(LeaveType::AnnualLeave, days("2026-07-06", "2026-07-08"), day("2026-01-02"), &book(), &agent);
    let expected = [("carried-over:2025", "2"), ("annual-leave:2026", "1")];
    assert_eq!(by_counter(&quote.unwrap().charges), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    assert_eq!(available(&ledger, carried, "2027-06-01", &agent), "2");
    assert_eq!(available(&ledger, carried, "2027-06-02", &agent), "0");
}

/// Nineteen of 25 days are left of 2025, and 14 of them are carried over.
fn carried() -> Ledger {
    let agent = agent("2020-01-01");
    let carried = counter(CounterKind::CarriedOver, 2025);
    let credit = credit(carried, HalfDays::days(14), "2026-03-02", None, CreditCause::CarryOverAfterSickness);
    taking(&agent, &[(LeaveType::AnnualLeave, days("2025-02-03", "2025-02-10"))]).after(&credit)
}

#[test]
fn what_was_carried_over_is_not_taken_in_hindsight_too() {
    let (ledger, agent) = (carried(), agent("2020-01-01"));
    assert_eq!(available(&ledger, counter(CounterKind::AnnualLeave, 2025), "2025-12-31", &agent), "5");
    let quote =
        |first, last| ledger.quote(LeaveType::AnnualLeave, days(first, last), day("2026-03-02"), &book(), &agent);
    let five = quote("2025-03-03", "2025-03-07").unwrap();
    assert_eq!(five.charges[0].available, Some(HalfDays::days(5)));
    // Two days of fractionnement besides.
    let (asked, available) = (HalfDays::days(8), HalfDays::days(7));
    let refused = Unquotable::Insufficient { leave_type: LeaveType::AnnualLeave, asked, available };
    assert_eq!(quote("2025-03-03", "2025-03-12"), Err(refused));
}

#[test]
fn what_is_taken_although_it_was_carried_over_is_found() {
    let agent = agent("2020-01-01");
    let (annual, book) = (counter(CounterKind::AnnualLeave, 2025), book());
    let mut activated = Activated::default();
    activated.activate(book.version(), rules::RuleBook::embedded().unwrap());
    // Counted before the carry-over, and so without it.
    let before = taking(&agent, &[(LeaveType::AnnualLeave, days("2025-02-03", "2025-02-10"))]);
    let found = |last| {
        let leave = granted(&before, 2, LeaveType::AnnualLeave, days("2025-03-03", last), &agent);
        miscounted(&carried(), &leave, &agent, &activated)
    };
    assert_eq!(found("2025-03-07"), []);
    assert_eq!(found("2025-03-10"), [Violation::BelowZero { counter: annual, by: HalfDays::days(1) }]);
}
