//! What of a year's annual leave is carried over after sickness or family leave.

use chrono::NaiveDate;
use events::leave::{Counter, CounterKind};

use super::Ledger;
use super::balance::Balance;
use crate::book::{NotInForce, RuleBook};
use crate::carry_over::{Acquired, Carried, Hindrance, NotCarried};
use crate::date::{DayOfYear, OutsideCalendar};
use crate::employment::Employment;
use crate::ledger::NoRight;

/// An absence that kept annual leave from being taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hindered {
    /// The year whose leave could not be taken.
    pub year: i32,
    /// What kept the agent from taking it.
    pub by: Hindrance,
    /// The day of his return.
    pub return_date: NaiveDate,
    /// Whether the absence had begun before the leave was acquired.
    pub during_absence: bool,
}

/// What is carried over, and from when to when it may be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CarriedOver {
    /// How much, and how much is lost.
    pub days: Carried,
    /// The first day: the return, or the next year's first.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
}

/// Why nothing can be said of a carry-over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Uncarried {
    /// No work pattern on the day of the return.
    #[error("the employment has no work pattern on {0}")]
    NoPattern(NaiveDate),
    /// All of it was taken, or what was not is more than the law carries over.
    #[error("nothing of the annual leave of {0} is carried over (D 85-1250 art. 5-1)")]
    Nothing(i32),
    /// It would have ended before it began.
    #[error("it could be taken until {0} alone, before the year after began (D 85-1250 art. 5-1)")]
    Ended(NaiveDate),
    /// A rule that is not in force.
    #[error(transparent)]
    NotInForce(#[from] NotInForce),
    /// A hindrance that the provision does not know.
    #[error(transparent)]
    NotCarried(#[from] NotCarried),
    /// Rights that cannot be told.
    #[error(transparent)]
    NoRight(#[from] NoRight),
    /// A date that is not supported.
    #[error(transparent)]
    Outside(#[from] OutsideCalendar),
}

impl Ledger {
    /// What of a year's annual leave is carried over (D 85-1250 art. 5-1).
    ///
    /// # Errors
    /// [`Uncarried`] with the reason.
    pub fn carried_over(
        &self,
        hindered: Hindered,
        book: &RuleBook,
        employment: &Employment,
    ) -> Result<CarriedOver, Uncarried> {
        let Hindered { year, by, return_date, during_absence } = hindered;
        let rule = book.at(return_date).carry_over()?;
        let pattern = employment.patterns().on(return_date).ok_or(Uncarried::NoPattern(return_date))?;
        let year_end = DayOfYear::LAST.in_year(year)?;
        let counter = Counter::of(CounterKind::AnnualLeave, year);
        let Balance { acquired, debited, taken, booked, .. } = self.balance(counter, year_end, book, employment)?;
        let days = rule.carry(by, pattern.weekly_days(), acquired.saturating_sub(debited), taken + booked)?;
        if days.carried.is_zero() {
            return Err(Uncarried::Nothing(year));
        }
        let next_year = DayOfYear::FIRST.in_year(year.saturating_add(1))?;
        let until = rule.usable_until(by, return_date, Acquired { year, during_absence })?;
        let from = return_date.max(next_year);
        if until < from { Err(Uncarried::Ended(until)) } else { Ok(CarriedOver { days, from, until }) }
    }
}
