//! What was carried over or saved on a ground that is gone: lawful when it was recorded, it stays, and taking it back is
//! proposed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use events::leave::{Counter, CounterKind, CreditCause};

use super::carry::Uncarried;
use super::{Ledger, Movement, NoRight, Origin, Way, saved_as_annual_leave};
use crate::book::RuleBook;
use crate::carry_over::Hindrance;
use crate::employment::Employment;
use crate::quantity::HalfDays;

/// What a counter was given beyond what the absences and leave of now let it have: after a sickness or a leave was
/// corrected. To be debited by hand, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfounded {
    /// Leave carried over, or the time-savings account.
    pub counter: Counter,
    /// How much of it.
    pub half_days: HalfDays,
}

impl Ledger {
    /// The counters that were given what nothing founds any more, in their order: leave carried over after an absence that
    /// was shortened since (D 85-1250 art. 5-1), and annual leave saved although less of it was taken in the end than must
    /// be (D 2004-878 art. 3). What was debited by decision since is settled; what cannot be told is left out.
    #[must_use]
    pub fn unfounded(&self, book: &RuleBook, employment: &Employment) -> Vec<Unfounded> {
        let mut found: BTreeMap<Counter, HalfDays> = BTreeMap::new();
        for credit in &self.movements {
            let beyond = self.beyond_hindrance(credit, book, employment).unwrap_or_default();
            *found.entry(credit.counter).or_default() += beyond;
        }
        if let Some(since) = self.deposits().map(|deposit| deposit.from).min() {
            let saved = self.saved_untaken(book, employment).unwrap_or_default();
            *found.entry(Counter::TIME_SAVINGS).or_default() += saved.saturating_sub(self.debited_since(since));
        }
        let found = found.into_iter().filter(|(_, half_days)| !half_days.is_zero());
        found.map(|(counter, half_days)| Unfounded { counter, half_days }).collect()
    }

    /// How much more was carried over by this movement than the absences of now found, where it was after one.
    fn beyond_hindrance(
        &self,
        credit: &Movement,
        book: &RuleBook,
        employment: &Employment,
    ) -> Result<HalfDays, Uncarried> {
        let (Some((id, by)), Some(year)) = (founded(credit), credit.counter.year()) else { return Ok(HalfDays::ZERO) };
        if !self.founded.contains(&id) {
            return Ok(HalfDays::ZERO);
        }
        let mut without = self.clone();
        without.movements.retain(|movement| movement.origin != credit.origin);
        let founded = without.most_carried(by, year, book, employment)?;
        let debited = self.movements.iter().filter(|one| one.counter == credit.counter && one.way == Way::Out);
        let debited: HalfDays = debited.map(|debit| debit.half_days).sum();
        Ok(credit.half_days.saturating_sub(founded + debited))
    }

    /// The annual leave that was saved in years in which less was taken than must be.
    fn saved_untaken(&self, book: &RuleBook, employment: &Employment) -> Result<HalfDays, NoRight> {
        let years: BTreeSet<i32> = self.deposits().filter_map(|deposit| deposit.counter.year()).collect();
        let mut saved = HalfDays::ZERO;
        for year in years {
            if self.is_saved_untaken(year, book, employment)? {
                let of_year = self.deposits().filter(|deposit| deposit.counter.year() == Some(year));
                saved += of_year.map(|deposit| deposit.half_days).sum();
            }
        }
        Ok(saved)
    }

    /// What was taken off annual leave and fractionnement to be saved.
    fn deposits(&self) -> impl Iterator<Item = &Movement> {
        let saved = |one: &&Movement| one.origin == Origin::Deposit && saved_as_annual_leave(one.counter);
        self.movements.iter().filter(saved)
    }

    /// What was debited of the time-savings account by decision since a day.
    fn debited_since(&self, since: NaiveDate) -> HalfDays {
        let debits = self.movements.iter().filter(|one| {
            let by_decision = matches!(one.origin, Origin::Decision { .. });
            one.counter == Counter::TIME_SAVINGS && one.way == Way::Out && by_decision && one.from >= since
        });
        debits.map(|debit| debit.half_days).sum()
    }

    /// Notes a carry-over that follows an absence of this ledger; of what else human resources carry over, they answer for
    /// the ground.
    pub(super) fn note_ground(&mut self, credit: &Movement) {
        if let Some((id, by)) = founded(credit)
            && !self.away_for(by).is_empty()
        {
            self.founded.insert(id);
        }
    }
}

/// The credit and the hindrance of a carry-over after one.
fn founded(movement: &Movement) -> Option<(events::CreditId, Hindrance)> {
    let Origin::Decision { credit, cause } = movement.origin else { return None };
    let by = match cause {
        CreditCause::CarryOverAfterSickness => Hindrance::Sickness,
        CreditCause::CarryOverAfterFamilyLeave => Hindrance::Family,
        CreditCause::OpeningBalance
        | CreditCause::Advance
        | CreditCause::ExceptionalCarryOver
        | CreditCause::Correction => return None,
    };
    (movement.way == Way::In && movement.counter.kind() == CounterKind::CarriedOver).then_some((credit, by))
}
