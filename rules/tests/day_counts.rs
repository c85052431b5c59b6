//! The day counts of the law, and those in which other software was found to err.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::NaiveDate;
use rules::leave_cost::EmptyLeave;
use rules::{HalfDay, HalfDays, LeaveCost, Period, RuleBook, WorkCycle, WorkSchedule};

const FULL_TIME: &str = "11111111110000";
const WEDNESDAY_OFF: &str = "11110011110000";
const FRIDAY_OFF: &str = "11111111000000";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A half-day written `2026-05-13` (the whole day, as either end of a period), `2026-05-13 AM` or `2026-05-13 PM`.
fn period(start: &str, end: &str) -> Period {
    let start = match start.split_once(' ') {
        Some((date, "PM")) => HalfDay::afternoon(day(date)),
        _ => HalfDay::morning(day(start)),
    };
    let end = match end.split_once(' ') {
        Some((date, "AM")) => HalfDay::morning(day(date)),
        _ => HalfDay::afternoon(day(end)),
    };
    Period::new(start, end).unwrap()
}

fn cost(pattern: &str, start: &str, end: &str) -> LeaveCost {
    let book = RuleBook::embedded().unwrap();
    let schedule = WorkSchedule::from(WorkCycle::weekly(pattern).unwrap());
    LeaveCost::of(period(start, end), &schedule, book.calendar())
}

fn days(pattern: &str, start: &str, end: &str) -> String {
    cost(pattern, start, end).total().to_string()
}

#[test]
fn may_2026_has_four_holidays_on_weekdays() {
    assert_eq!(days(FULL_TIME, "2026-05-01", "2026-05-31"), "17");
}

#[test]
fn the_week_of_ascension_costs_four_days() {
    assert_eq!(days(FULL_TIME, "2026-05-11", "2026-05-15"), "4");
}

#[test]
fn a_leave_from_noon_to_the_day_after_a_holiday() {
    assert_eq!(days(FULL_TIME, "2026-05-13 PM", "2026-05-15"), "1.5");
}

#[test]
fn a_leave_from_a_holiday_to_friday_noon() {
    assert_eq!(days(FULL_TIME, "2026-05-25", "2026-05-29 AM"), "3.5");
}

#[test]
fn an_agent_off_on_wednesday_pays_no_wednesday() {
    assert_eq!(days(WEDNESDAY_OFF, "2026-05-11", "2026-05-15"), "3");
    assert_eq!(days(WEDNESDAY_OFF, "2026-05-01", "2026-05-31"), "13");
}

#[test]
fn a_holiday_on_a_day_off_is_not_recovered() {
    assert_eq!(days(FRIDAY_OFF, "2026-05-01", "2026-05-08"), "4");
}

#[test]
fn the_pont_of_ascension_costs_one_day() {
    assert_eq!(days(FULL_TIME, "2026-05-15", "2026-05-15"), "1");
}

#[test]
fn a_half_day_start_on_a_holiday_takes_nothing_off() {
    assert_eq!(days(FULL_TIME, "2026-05-14 PM", "2026-05-18"), "2");
    assert_eq!(days(FULL_TIME, "2026-05-14", "2026-05-15 AM"), "0.5");
    assert_eq!(days(FULL_TIME, "2026-05-14 PM", "2026-05-15"), "1");
}

#[test]
fn a_leave_over_new_year_is_shared_between_its_years() {
    let cost = cost(FULL_TIME, "2026-12-21", "2027-01-08");
    assert_eq!(cost.by_year().collect::<Vec<_>>(), [(2026, HalfDays::days(8)), (2027, HalfDays::days(5))]);
    assert_eq!(cost.in_year(2025), HalfDays::ZERO);
}

#[test]
fn a_fortnight_cycle_goes_on_after_week_53() {
    let book = RuleBook::embedded().unwrap();
    let halves = format!("{FULL_TIME}{FRIDAY_OFF}");
    let schedule = WorkSchedule::from(WorkCycle::anchored(day("2026-01-05"), &halves).unwrap());
    let cost = LeaveCost::of(period("2026-12-21", "2027-01-08"), &schedule, book.calendar());
    assert_eq!(cost.total(), HalfDays::days(13));
}

#[test]
fn a_change_of_pattern_counts_from_its_date() {
    let book = RuleBook::embedded().unwrap();
    let cycle = |halves| WorkCycle::weekly(halves).unwrap();
    let changes = vec![(day("2026-01-01"), cycle(FULL_TIME)), (day("2026-06-08"), cycle(WEDNESDAY_OFF))];
    let schedule = WorkSchedule::new(changes).unwrap();
    let cost = LeaveCost::of(period("2026-06-01", "2026-06-12"), &schedule, book.calendar());
    assert_eq!(cost.total(), HalfDays::days(9));
}

#[test]
fn a_leave_of_no_day_is_refused() {
    let book = RuleBook::embedded().unwrap();
    let schedule = WorkSchedule::from(WorkCycle::weekly(FULL_TIME).unwrap());
    for (first, last) in [("2026-05-08", "2026-05-08"), ("2026-05-16", "2026-05-17")] {
        let asked = period(first, last);
        assert_eq!(LeaveCost::of_request(asked, &schedule, book.calendar()), Err(EmptyLeave(asked)));
    }
    let asked = period("2026-05-15", "2026-05-15 AM");
    assert_eq!(LeaveCost::of_request(asked, &schedule, book.calendar()).unwrap().total(), HalfDays::new(1));
}

#[test]
fn a_cost_is_stored_as_half_days_by_year() {
    let cost = cost(FULL_TIME, "2026-12-21", "2027-01-08");
    let json = serde_json::to_string(&cost).unwrap();
    assert_eq!(json, r#"{"2026":16,"2027":10}"#);
    assert_eq!(serde_json::from_str::<LeaveCost>(&json).unwrap(), cost);
}
