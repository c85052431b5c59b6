//! An agent and what he takes.

use chrono::NaiveDate;
use events::employment::{EmploymentEvent, Quota};
use events::leave::{AbsenceEvent, Charge, Counter, CounterKind, CreditCause, LeaveType};
use events::{CreditId, LeaveId, SicknessId};
use rules::{Employment, HalfDays, Ledger, Period, RuleBook, WorkCycle};
use uuid::Uuid;

pub const FULL: &str = "11111111110000";

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn book() -> RuleBook {
    RuleBook::embedded().unwrap()
}

/// At full time, 39 hours a week, since `entry`.
pub fn agent(entry: &str) -> Employment {
    let from = day(entry);
    employed(&[
        EmploymentEvent::ServiceEntered { on: from },
        EmploymentEvent::WorkPatternSet { pattern: WorkCycle::weekly(FULL).unwrap(), from },
        EmploymentEvent::WorkingTimeSet {
            quota: Quota::FULL,
            full_time_week_minutes: 39 * 60,
            annualised: false,
            from,
        },
    ])
}

pub fn employed(events: &[EmploymentEvent]) -> Employment {
    events.iter().fold(Employment::default(), Employment::after)
}

pub fn days(first: &str, last: &str) -> Period {
    Period::days(day(first), day(last)).unwrap()
}

pub fn counter(kind: CounterKind, year: i32) -> Counter {
    Counter::of(kind, year)
}

pub fn leave(number: u128) -> LeaveId {
    LeaveId::from_uuid(Uuid::from_u128(number))
}

/// What the ledger would take for the leave, granted at once.
pub fn granted(
    ledger: &Ledger,
    number: u128,
    leave_type: LeaveType,
    period: Period,
    employment: &Employment,
) -> AbsenceEvent {
    let quote = ledger.quote(leave_type, period, day("2026-01-02"), &book(), employment).unwrap();
    AbsenceEvent::AbsenceRecorded {
        leave: leave(number),
        leave_type,
        period,
        charges: quote.charges,
        rules: book().version(),
        unit: None,
        special_motive: None,
        occasion: None,
        motive: None,
    }
}

pub fn taking(employment: &Employment, leaves: &[(LeaveType, Period)]) -> Ledger {
    leaves.iter().zip(1..).fold(Ledger::default(), |ledger, ((leave_type, period), number)| {
        let event = granted(&ledger, number, *leave_type, *period, employment);
        ledger.after(&event)
    })
}

pub fn by_counter(charges: &[Charge]) -> Vec<(String, String)> {
    charges.iter().map(|charge| (charge.counter.unwrap().to_string(), charge.half_days.count().to_string())).collect()
}

pub fn credit(
    counter: Counter,
    half_days: HalfDays,
    effective: &str,
    until: Option<&str>,
    cause: CreditCause,
) -> AbsenceEvent {
    AbsenceEvent::RightCredited {
        credit: CreditId::from_uuid(Uuid::from_u128(7)),
        counter,
        half_days,
        effective: day(effective),
        usable_until: until.map(day),
        cause,
        motive: None,
    }
}

pub fn available(ledger: &Ledger, counter: Counter, at: &str, employment: &Employment) -> String {
    ledger.balance(counter, day(at), &book(), employment).unwrap().available.to_string()
}

pub fn sick(agent: &Employment, period: Period) -> AbsenceEvent {
    AbsenceEvent::SicknessRecorded {
        sickness: SicknessId::from_uuid(Uuid::from_u128(1)),
        period,
        half_days: agent.due(period, book().calendar()),
        recredited: vec![],
        rules: book().version(),
        unit: None,
        details: None,
    }
}
