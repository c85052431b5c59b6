//! What a leave would take, and why it could not be had: the same for who asks and for who decides.

use chrono::{Datelike, NaiveDate};
use events::HalfDaySet;
use events::counted;
use events::leave::{Charge, Counter, CounterKind, LeaveType, Warning};

use super::rights::{Counters, NoRight, Rights};
use super::supply::{Demand, spare};
use super::{Absence, Ledger};
use crate::book::{NotInForce, RuleBook};
use crate::consecutive::{Stretch, joined};
use crate::date::OutsideCalendar;
use crate::employment::Employment;
use crate::leave_types::absence_kind;
use crate::notice::Advice;
use crate::period::{HalfDay, Period};
use crate::quantity::HalfDays;

/// What a leave would take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// What it takes, counter by counter.
    pub charges: Vec<Charge>,
    /// What the agent and the validator are told.
    pub warnings: Vec<Warning>,
}

impl Quote {
    /// All of it.
    #[must_use]
    pub fn count(&self) -> HalfDays {
        self.charges.iter().map(|charge| charge.half_days.count()).sum()
    }
}

/// Why a leave cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unquotable {
    /// Nothing is worked in the period.
    #[error("no work is due from {} to {}: a leave takes at least half a day", .0.start(), .0.end())]
    Empty(Period),
    /// Longer than one request of this type may be.
    #[error("leave of this type has at most {} at a time", counted::en(*longest_days, "day", "days"))]
    TooLong {
        /// The longest, in calendar days.
        longest_days: u32,
    },
    /// The agent is away then, or asked to be.
    #[error("a half-day of the period is taken already")]
    Overlapping {
        /// By what.
        with: Absence,
    },
    /// The rights do not cover it.
    #[error("{}, {available} can be had", .asked.in_english_as("day is asked for", "days are asked for"))]
    Insufficient {
        /// Of which type.
        leave_type: LeaveType,
        /// What is asked for.
        asked: HalfDays,
        /// What of it the counters cover.
        available: HalfDays,
    },
    /// Too long in one stretch, contiguous requests joined (D 85-1250 art. 4).
    #[error("{} days in one stretch from {} on, {limit} are allowed (D 85-1250 art. 4)", .stretch.length, .stretch.first_day())]
    Stretch {
        /// The stretch.
        stretch: Stretch,
        /// The longest that is allowed.
        limit: HalfDays,
    },
    /// A rule that the book does not have for the date.
    #[error(transparent)]
    NotInForce(#[from] NotInForce),
    /// Rights that cannot be told.
    #[error(transparent)]
    NoRight(#[from] NoRight),
}

impl From<OutsideCalendar> for Unquotable {
    fn from(outside: OutsideCalendar) -> Self {
        Self::NoRight(outside.into())
    }
}

impl Ledger {
    /// What a leave of this type over `period` would take, asked for `on` a date.
    ///
    /// # Errors
    /// [`Unquotable`] with the reason.
    pub fn quote(
        &self,
        leave_type: LeaveType,
        period: Period,
        on: NaiveDate,
        book: &RuleBook,
        employment: &Employment,
    ) -> Result<Quote, Unquotable> {
        let law = book.at(period.start().date);
        let types = law.leave_types()?;
        let rule = types.of(leave_type).ok_or(NotInForce { rule: "leave_types", date: law.date() })?;
        if period.calendar_days() > i64::from(rule.longest_days) {
            return Err(Unquotable::TooLong { longest_days: rule.longest_days });
        }
        let due = employment.due(period, book.calendar());
        if due.is_empty() {
            return Err(Unquotable::Empty(period));
        }
        if let Some(with) = self.taken_by(&due) {
            return Err(Unquotable::Overlapping { with });
        }
        let charges = if rule.counters.is_empty() {
            vec![Charge { counter: None, half_days: due, available: None }]
        } else {
            self.allocate(leave_type, &rule.counters, &due, Counters { ledger: self, book, employment })?
        };
        self.check_stretch(leave_type, &charges, period, book, employment)?;
        Ok(Quote { charges, warnings: warnings(leave_type, period, on, book)? })
    }

    /// Draws each half-day on the first counter that covers it.
    fn allocate(
        &self,
        leave_type: LeaveType,
        kinds: &[CounterKind],
        due: &HalfDaySet,
        counters: Counters<'_>,
    ) -> Result<Vec<Charge>, Unquotable> {
        let mut open: Vec<Open> = Vec::new();
        let mut covered = 0;
        for half_day in due.iter() {
            for counter in kinds.iter().flat_map(|kind| counters.candidates(*kind, half_day.date)) {
                if !counter.year().is_none_or(|year| crate::date::YEARS.contains(&year)) {
                    continue;
                }
                if !open.iter().any(|one| one.counter == counter) {
                    let rights = counters.rights(counter)?;
                    let demands = self.demands(counter, &rights);
                    let beside = self.beside_carry_over(counter, &rights, &demands);
                    let most = beside.map(|beside| beside.rest);
                    open.push(Open { counter, rights, demands, most, drawn: Vec::new() });
                }
                let drawn = open.iter_mut().find(|one| one.counter == counter).is_some_and(|one| one.draw(half_day));
                if drawn {
                    covered += 1;
                    break;
                }
            }
        }
        let (asked, available) = (due.count(), HalfDays::new(covered));
        if available < asked {
            return Err(Unquotable::Insufficient { leave_type, asked, available });
        }
        let mut charges: Vec<_> = open.into_iter().filter_map(Open::charge).collect();
        charges.sort_by_key(|charge| charge.half_days.first());
        Ok(charges)
    }

    fn check_stretch(
        &self,
        leave_type: LeaveType,
        charges: &[Charge],
        period: Period,
        book: &RuleBook,
        employment: &Employment,
    ) -> Result<(), Unquotable> {
        let rule = book.at(period.start().date).consecutive_absence()?;
        let counts = |charge: &&Charge| {
            absence_kind(leave_type, charge.counter.map(Counter::kind)).is_some_and(|kind| rule.counts(kind))
        };
        let new: HalfDaySet = charges.iter().filter(counts).flat_map(|charge| charge.half_days.iter()).collect();
        if new.is_empty() {
            return Ok(());
        }
        let before = self.limited().filter(|(kind, _)| rule.counts(*kind)).map(|(_, half_day)| half_day);
        let away = before.chain(new.iter()).collect();
        let stretches = joined(&away, |at| employment.pattern_works(at, book.calendar()));
        let of_this = |stretch: &&Stretch| new.iter().any(|at| stretch.first <= at && at < stretch.back);
        match stretches.iter().filter(of_this).find(|stretch| !rule.allows(stretch)) {
            Some(stretch) => Err(Unquotable::Stretch { stretch: *stretch, limit: rule.limit() }),
            None => Ok(()),
        }
    }
}

/// A counter while it is being drawn on.
struct Open {
    counter: Counter,
    rights: Rights,
    demands: Vec<Demand>,
    /// What may be drawn besides what was carried over.
    most: Option<HalfDays>,
    drawn: Vec<HalfDay>,
}

impl Open {
    fn draw(&mut self, half_day: HalfDay) -> bool {
        let fits = !self.spare(half_day.date).is_zero();
        if fits {
            self.demands.push(Demand { half_days: HalfDays::new(1), on: half_day.date });
            self.drawn.push(half_day);
        }
        fits
    }

    /// What may still be drawn on a date.
    fn spare(&self, on: NaiveDate) -> HalfDays {
        let spare = spare(&self.rights.supplies, &self.demands, on);
        let drawn = HalfDays::new(u32::try_from(self.drawn.len()).unwrap_or(u32::MAX));
        self.most.map_or(spare, |most| spare.min(most.saturating_sub(drawn)))
    }

    fn charge(self) -> Option<Charge> {
        let half_days: HalfDaySet = self.drawn.iter().copied().collect();
        let left = self.spare(half_days.last()?.date);
        Some(Charge { counter: Some(self.counter), available: Some(half_days.count() + left), half_days })
    }
}

fn warnings(
    leave_type: LeaveType,
    period: Period,
    on: NaiveDate,
    book: &RuleBook,
) -> Result<Vec<Warning>, OutsideCalendar> {
    if on > period.start().date {
        return Ok(vec![Warning::InHindsight]);
    }
    let law = book.at(on);
    let school_holidays = book.at(period.start().date).school_holidays().ok().map(|rule| &**rule);
    let Some(rule) = law.notice().ok().filter(|rule| rule.is_due_for(leave_type)) else { return Ok(Vec::new()) };
    // A date before the supported years is one that nobody can have missed.
    Ok(match rule.advise(on, period, school_holidays) {
        Ok(Advice::Short { due_by }) => vec![Warning::ShortNotice { due_by }],
        Ok(Advice::Unknown) => vec![Warning::SchoolHolidaysUnknown],
        Ok(Advice::InTime) => Vec::new(),
        Err(outside) if outside.0.year() <= *crate::date::YEARS.start() => Vec::new(),
        Err(outside) => return Err(outside),
    })
}
