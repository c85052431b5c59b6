//! How much a counter may still be credited by decision.

use chrono::NaiveDate;
use events::leave::{Counter, CounterKind};

use super::Ledger;
use super::rights::{Counters, NoRight};
use crate::book::RuleBook;
use crate::employment::Employment;
use crate::quantity::HalfDays;

/// No right is more than every half-day of a leap year.
const OF_A_YEAR: HalfDays = HalfDays::days(366);

impl Ledger {
    /// The most that `counter` may be credited from `effective` on: for leave carried over, what is left of its year (D
    /// 85-1250 art. 5 and 5-1); for the time-savings account, what its cap leaves (D 2004-878 art. 7-1); for days
    /// received, what may still be received in the year (D 2015-580 art. 5); for a sick child, what an agent has more who
    /// is alone or whose partner has no such right (circular of 20 July 1982); for all others, a year with what they hold.
    ///
    /// # Errors
    /// [`NoRight`] when the rights on a counter cannot be told.
    pub fn room(
        &self,
        counter: Counter,
        effective: NaiveDate,
        book: &RuleBook,
        employment: &Employment,
    ) -> Result<HalfDays, NoRight> {
        let law = book.at(effective);
        Ok(match (counter.kind(), counter.year()) {
            (CounterKind::CarriedOver, Some(year)) => {
                let of_year = self.year_of_leave(year, book, employment)?;
                of_year.entitled.saturating_sub(of_year.used)
            }
            (CounterKind::TimeSavings, _) => {
                let saved = self.most_saved(effective, book, employment)?;
                law.cet_feeding().map_or(HalfDays::ZERO, |rule| rule.cap().saturating_sub(saved))
            }
            (CounterKind::DonatedDays, Some(year)) => {
                law.gift_of_days().map_or(HalfDays::ZERO, |rule| rule.receivable(self.donated(year)))
            }
            (CounterKind::SickChild, Some(year)) => {
                let counters = Counters { ledger: self, book, employment };
                counters.sick_child_alone(year)?.saturating_sub(counters.rights(counter)?.given())
            }
            _ => OF_A_YEAR.saturating_sub(Counters { ledger: self, book, employment }.rights(counter)?.given()),
        })
    }
}
