//! What annual leave is worth that could not be taken before the end of service.

use chrono::{Datelike, NaiveDate};
use events::leave::{Counter, CounterKind, CreditCause};

use super::{Ledger, NoRight};
use crate::book::RuleBook;
use crate::carry_over::Hindrance;
use crate::employment::Employment;
use crate::quantity::{Cents, HalfDays};

/// The indemnity of who leaves (D 85-1250 art. 5-2; arrêté of 21 June 2025), gross.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indemnity {
    /// The last day of service.
    pub last_day: NaiveDate,
    /// What kept the agent from taking the leave.
    pub by: Hindrance,
    /// The annual leave that is left, what was carried over too.
    pub not_taken: HalfDays,
    /// What of it is paid.
    pub paid: HalfDays,
    /// What a day is worth, rounded for display.
    pub per_day: Cents,
    /// What all of it is worth, rounded once.
    pub total: Cents,
    /// The article.
    pub source: String,
}

impl Ledger {
    /// What is paid at a gross month to who has left or will; none without a last day, while leave may still be taken, where
    /// nothing kept him from it, and where no rule is in force.
    ///
    /// # Errors
    /// [`NoRight`] when the rights cannot be told.
    pub fn indemnity(
        &self,
        gross_month: Cents,
        book: &RuleBook,
        employment: &Employment,
    ) -> Result<Option<Indemnity>, NoRight> {
        let Some(last_day) = employment.exits().last().copied() else { return Ok(None) };
        let (Ok(rule), Some(pattern)) =
            (book.at(last_day).end_of_service_indemnity(), employment.patterns().on(last_day))
        else {
            return Ok(None);
        };
        if employment.entries().last().is_some_and(|entry| *entry > last_day) {
            return Ok(None);
        }
        let served = self.up_to(last_day);
        let mut carried: Vec<Counter> = served.movements.iter().map(|movement| movement.counter).collect();
        carried.retain(|one| one.kind() == CounterKind::CarriedOver);
        carried.sort_unstable();
        carried.dedup();
        let mut left_of_before = HalfDays::ZERO;
        for counter in carried {
            left_of_before += served.balance(counter, last_day, book, employment)?.available;
        }
        let of_year = Counter::of(CounterKind::AnnualLeave, last_day.year());
        let of_year = served.balance(of_year, last_day, book, employment)?;
        let Some(by) = served.hindered_until(last_day, of_year.available, book, employment)? else { return Ok(None) };
        let entitled = of_year.acquired.saturating_sub(of_year.debited);
        let taken = of_year.taken + of_year.reserved;
        let payable = rule.payable(by, pattern.weekly_days(), entitled, taken).min(of_year.available);
        let not_taken = left_of_before + of_year.available;
        let paid = rule.paid_days(left_of_before + payable, by, pattern.weekly_days());
        Ok(Some(Indemnity {
            last_day,
            by,
            not_taken,
            paid,
            per_day: rule.per_day(gross_month),
            total: rule.total(gross_month, paid),
            source: rule.provision().source.clone(),
        }))
    }

    /// The ledger without the half-days of leave after a date.
    fn up_to(&self, last_day: NaiveDate) -> Self {
        let mut served = self.clone();
        for leave in served.leaves.values_mut() {
            let after = leave.active().iter().filter(|at| at.date > last_day).collect();
            leave.release(&after);
        }
        served
    }

    /// What kept the agent from taking so much leave of the year of his last day, or what was carried over to it: the family
    /// goes before sickness, for it has no bound.
    fn hindered_until(
        &self,
        last_day: NaiveDate,
        not_taken: HalfDays,
        book: &RuleBook,
        employment: &Employment,
    ) -> Result<Option<Hindrance>, NoRight> {
        let carried_after = |cause| {
            let counters = self.movements.iter().map(|movement| movement.counter);
            counters.filter(|one| one.kind() == CounterKind::CarriedOver).any(|one| self.was_credited(one, cause))
        };
        for (by, cause) in [
            (Hindrance::Family, CreditCause::CarryOverAfterFamilyLeave),
            (Hindrance::Sickness, CreditCause::CarryOverAfterSickness),
        ] {
            let returns = self.returns_of(by, last_day.year(), last_day, book, employment)?;
            let prevented = match returns.into_iter().max() {
                Some(back) => self.could_be_taken(back, last_day, book, employment) < not_taken,
                None => false,
            };
            if prevented || carried_after(cause) {
                return Ok(Some(by));
            }
        }
        Ok(None)
    }
}
