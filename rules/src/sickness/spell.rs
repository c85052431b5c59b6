use chrono::NaiveDate;

use super::pay::PayTerm;
use crate::date::{OutsideCalendar, supported};

/// One sick leave, in calendar days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spell {
    pub(super) first: NaiveDate,
    pub(super) last: NaiveDate,
    pub(super) waiting_day: Option<NaiveDate>,
    pub(super) term: PayTerm,
    pub(super) resumed: bool,
}

/// Why dates make no sick leave, or leaves no history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSpells {
    /// The end lies before the start.
    #[error("the sick leave from {first} ends before, on {last}")]
    Reversed {
        /// The first day.
        first: NaiveDate,
        /// The last day.
        last: NaiveDate,
    },
    /// The unpaid day lies outside the leave.
    #[error("the waiting day {0} lies outside the sick leave")]
    WaitingDay(NaiveDate),
    /// Two leaves share a day, or stand in the wrong order.
    #[error("the sick leave from {0} begins before the one ahead of it has ended")]
    Overlapping(NaiveDate),
    /// A date that is not supported.
    #[error(transparent)]
    Outside(#[from] OutsideCalendar),
}

impl Spell {
    /// A sick leave after service, with the day that stays unpaid, if there is one, and the term of its first day.
    ///
    /// # Errors
    /// [`InvalidSpells`] when reversed, outside the supported years, or with a waiting day outside of it.
    pub fn new(
        first: NaiveDate,
        last: NaiveDate,
        waiting_day: Option<NaiveDate>,
        term: PayTerm,
    ) -> Result<Self, InvalidSpells> {
        supported(first)?;
        supported(last)?;
        if last < first {
            return Err(InvalidSpells::Reversed { first, last });
        }
        match waiting_day.filter(|date| !(first..=last).contains(date)) {
            Some(outside) => Err(InvalidSpells::WaitingDay(outside)),
            None => Ok(Self { first, last, waiting_day, term, resumed: true }),
        }
    }

    /// The same as one that goes on from the one before: service was not resumed between them.
    #[must_use]
    pub const fn unbroken(self) -> Self {
        Self { resumed: false, ..self }
    }
}
