//! What may go to a time-savings account.

use chrono::{Datelike, NaiveDate};
use events::leave::{Counter, CounterKind};

use super::rights::NoRight;
use super::{Ledger, Origin, Way};
use crate::book::RuleBook;
use crate::cet::{Deposit, YearOfLeave};
use crate::employment::Employment;
use crate::quantity::HalfDays;

impl Ledger {
    /// The leave of the year of `on`, as the rule on deposits reads it: what was saved or given before counts as neither
    /// taken nor left (D 2004-878 art. 3).
    ///
    /// # Errors
    /// [`NoRight`] when the rights on a counter cannot be told.
    pub fn year_to_save(
        &self,
        on: NaiveDate,
        book: &RuleBook,
        employment: &Employment,
    ) -> Result<YearOfLeave, NoRight> {
        let balance = |kind| self.balance(Counter::of(kind, on.year()), on, book, employment);
        let annual = balance(CounterKind::AnnualLeave)?;
        let fractionnement = balance(CounterKind::Fractionnement)?;
        Ok(YearOfLeave {
            entitled: annual.acquired.saturating_sub(annual.debited),
            fractionnement: fractionnement.acquired.saturating_sub(fractionnement.debited),
            taken: annual.taken + annual.booked + fractionnement.taken + fractionnement.booked,
            rtt_left: balance(CounterKind::Rtt)?.available,
        })
    }

    /// Whether annual leave of `year` was saved, and less of it is taken or granted by now than must have been before
    /// (D 2004-878 art. 3).
    ///
    /// # Errors
    /// [`NoRight`] when the rights on a counter cannot be told.
    pub fn is_saved_untaken(&self, year: i32, book: &RuleBook, employment: &Employment) -> Result<bool, NoRight> {
        let mut deposits = self.movements.iter().filter(|movement| {
            let of_year = movement.counter.year() == Some(year) && saved_as_annual_leave(movement.counter);
            of_year && movement.origin == Origin::Deposit
        });
        let Some(on) = deposits.next_back().map(|movement| movement.from) else { return Ok(false) };
        let (Ok(rule), Some(time)) = (book.at(on).cet_feeding(), employment.working_times().on(on)) else {
            return Ok(false);
        };
        Ok(self.year_to_save(on, book, employment)?.taken < rule.minimum_taken(time.quota.ratio()))
    }

    /// The most that the time-savings account holds on a date or later, booked or not: what its cap is held to (D 2004-878
    /// art. 7-1).
    ///
    /// # Errors
    /// [`NoRight`] for a date that is not supported.
    pub fn most_saved(&self, on: NaiveDate, book: &RuleBook, employment: &Employment) -> Result<HalfDays, NoRight> {
        let held = |at| self.balance(Counter::TIME_SAVINGS, at, book, employment).map(|balance| balance.held());
        let credits = self.movements.iter().filter(|one| one.counter == Counter::TIME_SAVINGS && one.way == Way::In);
        let later = credits.map(|credit| credit.from).filter(|from| *from > on);
        later.map(held).try_fold(held(on)?, |most, one| Ok(most.max(one?)))
    }

    /// The most that may be saved on a date; nothing without an account, a rule or hours that are known.
    pub(super) fn largest_deposit(
        &self,
        on: NaiveDate,
        book: &RuleBook,
        employment: &Employment,
    ) -> Result<Deposit, NoRight> {
        let balance = self.most_saved(on, book, employment)?;
        let open = self.time_savings_since.is_some_and(|since| since <= on);
        let (Ok(rule), Some(time), true) = (book.at(on).cet_feeding(), employment.working_times().on(on), open) else {
            return Ok(Deposit { annual_leave: HalfDays::ZERO, total: HalfDays::ZERO, balance_after: balance });
        };
        Ok(rule.largest_deposit(balance, self.year_to_save(on, book, employment)?, time.quota.ratio()))
    }
}

/// Whether days of this counter are the annual leave that is saved beyond a minimum taken only.
#[must_use]
pub const fn saved_as_annual_leave(counter: Counter) -> bool {
    matches!(counter.kind(), CounterKind::AnnualLeave | CounterKind::Fractionnement)
}

/// Whether days of this counter may be saved in `year`: those of the year, annual leave, fractionnement or RTT.
#[must_use]
pub fn is_saved_in(counter: Counter, year: i32) -> bool {
    counter.year() == Some(year) && (saved_as_annual_leave(counter) || counter.kind() == CounterKind::Rtt)
}
