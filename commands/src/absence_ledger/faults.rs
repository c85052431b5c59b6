//! Faults that other systems are known to have or to have had, each with the behaviour that is right.

use super::samples::*;
use super::{AbsenceLedger, AbsenceRefusal, RefuseLeave, RequestLeave, WithdrawLeave};
use crate::Law;
use crate::specification::given;
use esrs::Aggregate;
use events::DomainEvent;
use events::leave::{AbsenceEvent, CounterKind, CreditCause, LeaveType};
use rules::ledger::{Absence, Unquotable, Violation, violations};
use rules::period::Period;
use rules::{HalfDays, RuleBook};
use std::sync::Arc;

/// What a request for this period takes, by counter.
fn counted(period: Period) -> Vec<(String, String)> {
    let requested =
        AbsenceLedger::handle_command(&ledger(&[]), request(1, LeaveType::AnnualLeave, period).into()).unwrap();
    let Some(AbsenceEvent::LeaveRequested { charges, .. }) = requested.first() else { panic!("{requested:?}") };
    let counter = |charge: &events::leave::Charge| charge.counter.unwrap().to_string();
    charges.iter().map(|charge| (counter(charge), charge.half_days.count().to_string())).collect()
}

fn of_2026(days: &str) -> Vec<(String, String)> {
    vec![("annual-leave:2026".to_owned(), days.to_owned())]
}

/// OrangeHRM, until PR #1947: the balance was read without a lock, and `days_used += n` written later.
#[test]
fn of_fifty_submits_on_a_balance_of_one_day_exactly_one_is_accepted() {
    let mut events = after([credit(1, annual(2026), HalfDays::days(1), CreditCause::Advance).into()]);
    let all_but_one = [
        annual_leave(101, "2026-03-02", "2026-03-20"),
        annual_leave(102, "2026-09-07", "2026-09-18"),
        annual_leave(103, "2026-10-05", "2026-10-06"),
    ];
    for command in all_but_one {
        events.extend(AbsenceLedger::handle_command(&ledger(&events), command.into()).unwrap());
    }
    let mut accepted = 0;
    for number in 1..=50 {
        // Each loses the race until it decides on what the one before it left.
        let command = annual_leave(number, "2026-11-02", "2026-11-02");
        if let Ok(new) = AbsenceLedger::handle_command(&ledger(&events), command.into()) {
            accepted += 1;
            events.extend(new);
        }
    }
    assert_eq!(accepted, 1);
    assert_eq!(available(&events, annual(2026), "2026-12-01"), HalfDays::ZERO);
}

/// Frappe HR #3878, TimeOff #203: pending requests were not counted, so that later approvals went below zero.
#[test]
fn what_is_pending_reserves_and_the_order_of_approvals_changes_nothing() {
    let asked = after([
        annual_leave(1, "2026-03-02", "2026-03-20").into(),
        annual_leave(2, "2026-09-07", "2026-09-18").into(),
        annual_leave(3, "2026-10-05", "2026-10-06").into(),
    ]);
    let in_order = |numbers: [u128; 3]| {
        numbers.iter().fold(asked.clone(), |mut events, number| {
            let approval = approve(*number, 0, authority(MANAGER));
            events.extend(AbsenceLedger::handle_command(&ledger(&events), approval.into()).unwrap());
            events
        })
    };
    assert_eq!(available(&asked, annual(2026), "2026-12-01"), HalfDays::ZERO);
    assert_eq!(ledger(&in_order([1, 2, 3])), ledger(&in_order([3, 1, 2])));
    assert_eq!(available(&in_order([3, 2, 1]), annual(2026), "2026-12-01"), HalfDays::ZERO);
}

/// Jorani: `accept` set the status of a request that was refused, cancelled or approved already.
#[test]
fn what_is_no_longer_pending_is_not_approved() {
    let refuse = RefuseLeave {
        seen: seen(1, 0),
        motive: motive(),
        special_motive: None,
        authority: authority(MANAGER),
        facts: facts("2026-01-05"),
    };
    for (command, status) in [
        (refuse.into(), "refused"),
        (WithdrawLeave { leave: leave(1) }.into(), "withdrawn"),
        (approve(1, 0, authority(MANAGER)).into(), "granted"),
    ] {
        let decided = AbsenceLedger::handle_command(&ledger(&asked()), command).unwrap();
        given::<AbsenceLedger>([asked(), decided].concat())
            .when(approve(1, 0, authority(MANAGER)))
            .refused(AbsenceRefusal::NotPending { status });
    }
}

/// Sentrifugo PR #301: approving n times took the days n times.
#[test]
fn approving_again_takes_nothing_again() {
    let before = available(&granted(), annual(2026), "2026-05-04");
    assert!(AbsenceLedger::handle_command(&ledger(&granted()), approve(1, 0, authority(MANAGER)).into()).is_err());
    assert_eq!(before, HalfDays::days(21));
}

/// Jorani #243: the status was taken from the form, so that one request created and approved.
#[test]
fn a_request_is_pending_whoever_asks_and_an_event_has_no_status_to_be_given() {
    let state = ledger(&asked());
    assert_eq!(state.leave(leave(1)).unwrap().status.as_str(), "pending");
    let bytes = String::from_utf8(asked().first().unwrap().encode().unwrap()).unwrap();
    let with_status = bytes.replacen("\"leave_type\"", "\"status\":\"granted\",\"leave_type\"", 1);
    assert!(AbsenceEvent::decode("LeaveRequested", 2, with_status.as_bytes()).is_err());
}

/// TimeOff `validate_overlapping`: only the ends of the older leave were looked at.
#[test]
fn a_request_inside_another_leave_overlaps() {
    let may = after([annual_leave(1, "2026-05-01", "2026-05-31").into()]);
    given::<AbsenceLedger>(may)
        .when(request(2, LeaveType::Rtt, days("2026-05-11", "2026-05-12")))
        .refused(Unquotable::Overlapping { with: Absence::Leave(leave(1)) }.into());
}

/// Jorani #248 and #397: a leave over two periods was counted in neither.
#[test]
fn a_leave_over_new_year_counts_in_both_years() {
    let expected = [("annual-leave:2026", "8"), ("annual-leave:2027", "5")];
    let expected: Vec<_> = expected.iter().map(|(counter, days)| ((*counter).to_owned(), (*days).to_owned())).collect();
    assert_eq!(counted(days("2026-12-21", "2027-01-08")), expected);
}

/// TimeOff `get_deducted_days_number`: 1.5 and 1; a half-day at the start was taken off although it was a holiday.
#[test]
fn a_half_day_on_a_holiday_takes_nothing_off_the_rest() {
    assert_eq!(counted(from_to("2026-05-14 PM", "2026-05-18 PM")), of_2026("2"));
    assert_eq!(counted(from_to("2026-05-14 AM", "2026-05-15 AM")), of_2026("0.5"));
}

/// Frappe HR `get_number_of_leave_days`: 0.5.
#[test]
fn a_half_day_and_a_holiday_on_one_date_are_not_taken_off_twice() {
    assert_eq!(counted(from_to("2026-05-14 PM", "2026-05-15 PM")), of_2026("1"));
}

/// Frappe HR #1002: the longest absence was dodged by several short requests.
#[test]
fn contiguous_requests_are_summed_for_the_31_days() {
    let july = after([annual_leave(1, "2026-07-06", "2026-07-17").into()]);
    let second = AbsenceLedger::handle_command(
        &ledger(&july),
        request(2, LeaveType::Rtt, days("2026-07-20", "2026-08-07")).into(),
    );
    assert!(matches!(second, Err(AbsenceRefusal::Unquotable(Unquotable::Stretch { .. }))), "{second:?}");
}

/// Odoo #42877: 24 hours became 40 at approval, as holidays were forgotten.
#[test]
fn what_was_shown_is_what_is_taken_even_if_the_calendar_changes() {
    let files: Vec<_> = RuleBook::embedded_files()
        .iter()
        .map(|(name, text)| (*name, text.replace("days = []", "days = [{ on = \"2026-05-05\", name = \"Fête\" }]")))
        .collect();
    let book = RuleBook::parse(files.iter().map(|(name, text)| (*name, text.as_str()))).unwrap();
    let changed = Law::new(Arc::new(book));
    assert_ne!(changed.version(), law().version());
    let state = ledger(&granted());
    assert_eq!(state.leave(leave(1)).unwrap().active().count(), HalfDays::days(4));
    let balance = state.balance(annual(2026), day("2026-06-01"), &changed, &employment()).unwrap();
    assert_eq!(balance.taken, HalfDays::days(4));
    let mut asked_later = annual_leave(2, "2026-05-04", "2026-05-08");
    asked_later.asked.facts.law = changed;
    let recounted = AbsenceLedger::handle_command(&ledger(&[]), asked_later.into()).unwrap();
    let recounted = ledger(&recounted);
    assert_eq!(recounted.leave(leave(2)).unwrap().asked, HalfDays::days(3));
}

/// Jorani ships queries that look for duplicates, overlaps and wrong counts in its tables.
#[test]
fn what_must_never_be_recorded_is_found_where_it_is() {
    let mut state = ledger(&[]);
    for event in granted() {
        assert_eq!(violations(account(AGENT), &state, &event), []);
        state = state.after(&event);
    }
    let twice = granted().pop().unwrap();
    assert_eq!(violations(account(AGENT), &state, &twice), [Violation::NotPending { leave: leave(1) }]);
    assert_eq!(violations(account(MANAGER), &ledger(&asked()), &twice), [Violation::OwnDecision { leave: leave(1) }]);
    let mut doubled = asked();
    if let Some(AbsenceEvent::LeaveRequested { leave: id, charges, .. }) = doubled.first_mut() {
        *id = leave(2);
        charges[0].available = Some(HalfDays::days(3));
    }
    let (charged, available) = (HalfDays::days(4), HalfDays::days(3));
    let expected = [Violation::Overlap, Violation::Overdrawn { charged, available }];
    assert_eq!(violations(account(AGENT), &state, &doubled[0]), expected);
}

/// Horilla #269, wp-erp #705: another path had other rules. Here there is one, and RTT are bound by it too.
#[test]
fn rights_end_on_their_dates_whatever_the_type() {
    let agent = |command: RequestLeave| AbsenceLedger::handle_command(&ledger(&[]), command.into());
    let rtt = |first, last| agent(request(1, LeaveType::Rtt, days(first, last)));
    assert!(rtt("2026-03-02", "2026-03-31").is_ok());
    let requested = rtt("2026-04-01", "2026-04-01").unwrap();
    let Some(AbsenceEvent::LeaveRequested { charges, .. }) = requested.first() else { panic!("{requested:?}") };
    assert_eq!(
        charges[0].counter.map(|counter| (counter.kind(), counter.year())),
        Some((CounterKind::Rtt, Some(2026)))
    );
}
