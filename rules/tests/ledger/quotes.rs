//! What a leave would take, and why it could not be had.

use crate::world::*;
use events::leave::{LeaveType, Warning};
use rules::ledger::Unquotable;
use rules::{Half, HalfDay, HalfDays, Ledger, Period};

#[test]
fn a_leave_over_new_year_is_8_and_5_days() {
    let quote = Ledger::default()
        .quote(
            LeaveType::AnnualLeave,
            days("2026-12-21", "2027-01-08"),
            day("2026-10-01"),
            &book(),
            &agent("2020-01-01"),
        )
        .unwrap();
    let expected = [("annual-leave:2026", "8"), ("annual-leave:2027", "5")];
    assert_eq!(by_counter(&quote.charges), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
}

#[test]
fn what_ends_first_is_taken_first() {
    let quote = Ledger::default()
        .quote(LeaveType::Rtt, days("2026-03-30", "2026-04-03"), day("2026-01-02"), &book(), &agent("2020-01-01"))
        .unwrap();
    let expected = [("rtt:2025", "2"), ("rtt:2026", "3")];
    assert_eq!(by_counter(&quote.charges), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
}

#[test]
fn half_a_day_more_than_there_is_is_refused() {
    let agent = agent("2020-01-01");
    let ledger = taking(
        &agent,
        &[
            (LeaveType::AnnualLeave, days("2026-07-06", "2026-07-31")),
            (LeaveType::AnnualLeave, days("2026-09-07", "2026-09-15")),
        ],
    );
    let half = |half| HalfDay { date: day("2026-10-05"), half };
    let one = Period::new(half(Half::Morning), half(Half::Afternoon)).unwrap();
    let refused =
        ledger.quote(LeaveType::AnnualLeave, days("2026-10-05", "2026-10-06"), day("2026-01-02"), &book(), &agent);
    assert!(ledger.quote(LeaveType::AnnualLeave, one, day("2026-01-02"), &book(), &agent).is_ok());
    assert_eq!(
        refused,
        Err(Unquotable::Insufficient {
            leave_type: LeaveType::AnnualLeave,
            asked: HalfDays::days(2),
            available: HalfDays::days(1)
        })
    );
}

#[test]
fn contiguous_requests_are_one_stretch_of_at_most_31_days() {
    let agent = agent("2020-01-01");
    let ledger = taking(&agent, &[(LeaveType::AnnualLeave, days("2026-07-06", "2026-07-17"))]);
    let quote =
        |first, last, leave_type| ledger.quote(leave_type, days(first, last), day("2026-01-02"), &book(), &agent);
    for leave_type in [LeaveType::AnnualLeave, LeaveType::Rtt] {
        assert!(matches!(quote("2026-07-20", "2026-08-07", leave_type), Err(Unquotable::Stretch { .. })));
        assert!(quote("2026-07-20", "2026-08-05", leave_type).is_ok());
        assert!(quote("2026-07-21", "2026-08-07", leave_type).is_ok(), "a day of work lies between");
    }
}

#[test]
fn short_notice_and_hindsight_warn() {
    let agent = agent("2020-01-01");
    let asked = |on: &str| {
        let period = days("2026-03-16", "2026-03-25");
        Ledger::default().quote(LeaveType::AnnualLeave, period, day(on), &book(), &agent).unwrap().warnings
    };
    assert_eq!(asked("2026-03-06"), []);
    assert_eq!(asked("2026-03-11"), [Warning::ShortNotice { due_by: day("2026-03-06") }]);
    assert_eq!(asked("2026-03-17"), [Warning::InHindsight]);
    let unpublished = days("2028-10-23", "2028-10-27");
    let quote = Ledger::default().quote(LeaveType::AnnualLeave, unpublished, day("2028-01-03"), &book(), &agent);
    assert_eq!(quote.unwrap().warnings, [Warning::SchoolHolidaysUnknown]);
}

#[test]
fn notice_is_due_where_the_calendar_of_leave_is_kept_and_not_of_what_nobody_knows_ahead() {
    let agent = agent("2020-01-01");
    let warnings = |leave_type, first, last| {
        Ledger::default().quote(leave_type, days(first, last), day("2026-11-25"), &book(), &agent).ok()?.warnings.pop()
    };
    let warned = |leave_type: &LeaveType| warnings(*leave_type, "2026-11-26", "2026-11-27").is_some();
    let with_notice: Vec<_> = LeaveType::ALL.into_iter().filter(warned).collect();
    assert_eq!(with_notice, [LeaveType::AnnualLeave, LeaveType::Rtt]);
    assert_eq!(warnings(LeaveType::SpecialAbsence, "2026-12-01", "2026-12-14"), None, "a child's death");
    assert_eq!(warnings(LeaveType::Carer, "2028-10-23", "2028-12-22"), None, "school holidays are no matter of it");
}

#[test]
fn a_request_of_a_century_is_refused_before_it_is_counted() {
    let refused = Ledger::default().quote(
        LeaveType::Rtt,
        days("1990-01-01", "2099-12-31"),
        day("2026-01-02"),
        &book(),
        &agent("2020-01-01"),
    );
    assert_eq!(refused, Err(Unquotable::TooLong { longest_days: 366 }));
}
