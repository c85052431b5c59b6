//! The counters of which more is used than there is.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use events::LeaveId;
use events::leave::Counter;

use super::Ledger;
use super::rights::{Counters, NoRight};
use crate::book::RuleBook;
use crate::employment::Employment;
use crate::quantity::HalfDays;

/// A counter of which more is used than there is: after a correction of the employment, or under other rules. To be settled
/// by hand; until then nothing more is granted from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overdraft {
    /// The counter, with its year.
    pub counter: Counter,
    /// What nothing covers.
    pub by: HalfDays,
    /// The first day on which it is used.
    pub first: NaiveDate,
    /// The last.
    pub last: NaiveDate,
}

impl Ledger {
    /// The counters of which more is used than there is, in their order; those whose rights cannot be told are left out.
    #[must_use]
    pub fn overdrafts(&self, book: &RuleBook, employment: &Employment) -> Vec<Overdraft> {
        let charged = self.leaves.values().flat_map(|leave| &leave.charges).filter_map(|charge| charge.counter);
        let moved = self.movements.iter().map(|movement| movement.counter);
        let used: BTreeSet<Counter> = charged.chain(moved).collect();
        used.into_iter().filter_map(|counter| self.overdraft(counter, book, employment).ok().flatten()).collect()
    }

    fn overdraft(
        &self,
        counter: Counter,
        book: &RuleBook,
        employment: &Employment,
    ) -> Result<Option<Overdraft>, NoRight> {
        let rights = Counters { ledger: self, book, employment }.rights(counter)?;
        let dates: BTreeSet<NaiveDate> = self.demands(counter, &rights).into_iter().map(|demand| demand.on).collect();
        let (Some(first), Some(last)) = (dates.first().copied(), dates.last().copied()) else { return Ok(None) };
        let by = self.balance(counter, first, book, employment)?.overdrawn;
        Ok((!by.is_zero()).then_some(Overdraft { counter, by, first, last }))
    }

    /// A counter that a leave takes more from than there is, and what it lacks because of it; none where all is covered.
    ///
    /// # Errors
    /// [`NoRight`] when the rights on a counter cannot be told.
    pub fn overdrawn_by(
        &self,
        leave: LeaveId,
        book: &RuleBook,
        employment: &Employment,
    ) -> Result<Option<(Counter, HalfDays)>, NoRight> {
        let charges = self.leave(leave).map(|leave| leave.charges.as_slice()).unwrap_or_default();
        let without = self.without(leave);
        for charge in charges {
            let (Some(counter), Some(first)) = (charge.counter, charge.half_days.first()) else { continue };
            let overdrawn =
                |ledger: &Self| ledger.balance(counter, first.date, book, employment).map(|balance| balance.overdrawn);
            let by = overdrawn(self)?.saturating_sub(overdrawn(&without)?);
            if !by.is_zero() {
                return Ok(Some((counter, by)));
            }
        }
        Ok(None)
    }
}
