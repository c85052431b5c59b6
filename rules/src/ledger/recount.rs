//! What an event takes, counted again by the rules that it names and the employment of its time.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use events::HalfDaySet;
use events::employment::EmploymentEvent;
use events::leave::{AbsenceEvent, Charge, Counter};
use events::rule_set::RulesVersion;

use super::savings::{is_saved_in, saved_as_annual_leave};
use super::{Ledger, NoRight, Violation};
use crate::book::RuleBook;
use crate::employment::Employment;
use crate::quantity::HalfDays;
use crate::rtt::WorkTime;

/// The rules that were activated up to some event.
#[derive(Debug, Default)]
pub struct Activated {
    books: BTreeMap<RulesVersion, RuleBook>,
    last: Option<RulesVersion>,
}

impl Activated {
    /// Lets `book` be in force from here on.
    pub fn activate(&mut self, version: RulesVersion, book: RuleBook) {
        self.books.insert(version, book);
        self.last = Some(version);
    }

    /// The rules that were activated last.
    #[must_use]
    pub fn in_force(&self) -> Option<&RuleBook> {
        self.books.get(&self.last?)
    }
}

/// What of `event` is not as the rules of `book` let an employment be.
#[must_use]
pub fn unlawful(event: &EmploymentEvent, book: &RuleBook) -> Option<Violation> {
    let EmploymentEvent::WorkingTimeSet { full_time_week_minutes, from, .. } = event else { return None };
    let week = book.at(*from).rtt().ok()?.check(WorkTime::minutes(*full_time_week_minutes)).err()?;
    Some(NoRight::Week { from: *from, week }.into())
}

/// What of `event` is not as the rules count it, in a ledger that was `before` and with the employment of the time; or
/// why that cannot be told.
#[must_use]
pub fn miscounted(
    before: &Ledger,
    event: &AbsenceEvent,
    employment: &Employment,
    activated: &Activated,
) -> Vec<Violation> {
    recounted(before, event, employment, activated).unwrap_or_else(|untold| vec![untold.into()])
}

fn recounted(
    before: &Ledger,
    event: &AbsenceEvent,
    employment: &Employment,
    activated: &Activated,
) -> Result<Vec<Violation>, NoRight> {
    let mut found = Vec::new();
    let book = match named(event) {
        Some(version) => {
            let Some(book) = activated.books.get(&version) else {
                return Ok(vec![Violation::UnknownRules { version }]);
            };
            if !counts(event, employment, book) {
                found.push(Violation::Miscounted { version });
            }
            book
        }
        None => match activated.in_force() {
            Some(book) => book,
            None => return Ok(found),
        },
    };
    let after = before.clone().after(event);
    for (counter, at) in taken_from(event) {
        let overdrawn =
            |ledger: &Ledger| ledger.balance(counter, at, book, employment).map(|balance| balance.overdrawn);
        let by = overdrawn(&after)?;
        if by > overdrawn(before)? {
            found.push(Violation::BelowZero { counter, by });
        }
    }
    if let AbsenceEvent::TimeSavingsFed { deposits, on } = event {
        found.extend(oversaved(before, deposits, *on, book, employment)?);
    }
    if let AbsenceEvent::RightCredited { counter, half_days: credited, effective, .. } = event {
        let (counter, credited) = (*counter, *credited);
        let room = before.room(counter, *effective, book, employment)?;
        if credited > room {
            found.push(Violation::AboveLaw { counter, credited, room });
        }
    }
    Ok(found)
}

/// What of these deposits the law does not let be saved (D 2004-878 art. 3 and 7-1).
fn oversaved(
    before: &Ledger,
    deposits: &[(Counter, HalfDays)],
    on: NaiveDate,
    book: &RuleBook,
    employment: &Employment,
) -> Result<Vec<Violation>, NoRight> {
    let sum = |counts: &dyn Fn(Counter) -> bool| {
        deposits.iter().filter(|(counter, _)| counts(*counter)).map(|(_, half_days)| *half_days).sum::<HalfDays>()
    };
    let (saved, annual_leave) = (sum(&|_| true), sum(&saved_as_annual_leave));
    let most = before.largest_deposit(on, book, employment)?;
    let others = deposits.iter().filter(|(counter, _)| !is_saved_in(*counter, on.year()));
    let mut found: Vec<_> = others.map(|(counter, _)| Violation::NotSaved { counter: *counter }).collect();
    if saved > most.total || annual_leave > most.annual_leave {
        let (most, most_annual_leave) = (most.total, most.annual_leave);
        found.push(Violation::OverSaved { saved, annual_leave, most, most_annual_leave });
    }
    Ok(found)
}

/// The rules that an event says it was counted by.
const fn named(event: &AbsenceEvent) -> Option<RulesVersion> {
    match event {
        AbsenceEvent::LeaveRequested { rules, .. }
        | AbsenceEvent::LeaveAmended { rules, .. }
        | AbsenceEvent::LeaveCorrected { rules, .. }
        | AbsenceEvent::AbsenceRecorded { rules, .. }
        | AbsenceEvent::SicknessRecorded { rules, .. } => Some(*rules),
        _ => None,
    }
}

/// Whether its half-days are those on which work was due.
fn counts(event: &AbsenceEvent, employment: &Employment, book: &RuleBook) -> bool {
    let calendar = book.calendar();
    match event {
        AbsenceEvent::LeaveRequested { period, charges, .. }
        | AbsenceEvent::LeaveAmended { period, charges, .. }
        | AbsenceEvent::AbsenceRecorded { period, charges, .. } => of(charges) == employment.due(*period, calendar),
        AbsenceEvent::LeaveCorrected { charges, .. } => {
            of(charges).iter().all(|at| employment.pattern_works(at, calendar) && employment.in_service(at.date))
        }
        AbsenceEvent::SicknessRecorded { period, half_days, .. } => {
            half_days.is_within(&employment.due(*period, calendar))
        }
        _ => true,
    }
}

fn of(charges: &[Charge]) -> HalfDaySet {
    charges.iter().flat_map(|charge| charge.half_days.iter()).collect()
}

/// The counters that an event takes from, each with a date on which it does.
fn taken_from(event: &AbsenceEvent) -> BTreeSet<(Counter, NaiveDate)> {
    match event {
        AbsenceEvent::LeaveRequested { charges, .. }
        | AbsenceEvent::LeaveAmended { charges, .. }
        | AbsenceEvent::LeaveCorrected { charges, .. }
        | AbsenceEvent::AbsenceRecorded { charges, .. } => {
            charges.iter().filter_map(|charge| Some((charge.counter?, charge.half_days.first()?.date))).collect()
        }
        AbsenceEvent::RightDebited { counter, effective, .. } => [(*counter, *effective)].into(),
        AbsenceEvent::TimeSavingsFed { deposits, on } => deposits.iter().map(|(counter, _)| (*counter, *on)).collect(),
        AbsenceEvent::TimeSavingsSplit { on, .. } => [(Counter::TIME_SAVINGS, *on)].into(),
        AbsenceEvent::GiftDeclared { counter, on, .. } | AbsenceEvent::DaysGiven { counter, on, .. } => {
            [(*counter, *on)].into()
        }
        _ => BTreeSet::new(),
    }
}
