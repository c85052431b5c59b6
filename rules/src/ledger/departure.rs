//! What annual leave is worth that could not be taken before the end of service.

use chrono::{Datelike, NaiveDate};
use events::leave::{Counter, CounterKind, CreditCause};

use super::carry::YearOfLeave;
use super::{Ledger, NoRight, Origin};
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
    /// What of it is paid: of each year, what is not taken of its first four weeks, but for what a family leave prevented.
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
        let (mut left_of_before, mut paid) = (HalfDays::ZERO, HalfDays::ZERO);
        for counter in carried {
            let left = served.balance(counter, last_day, book, employment)?.available;
            left_of_before += left;
            let Some(year) = counter.year() else { continue };
            let YearOfLeave { entitled, used } = served.year_of_leave(year, book, employment)?;
            let after_family = served.was_credited(counter, CreditCause::CarryOverAfterFamilyLeave);
            let by = if after_family { Hindrance::Family } else { Hindrance::Sickness };
            paid += rule.payable(by, pattern.weekly_days(), entitled, used.saturating_sub(left)).min(left);
        }
        let of_year = Counter::of(CounterKind::AnnualLeave, last_day.year());
        let of_year = served.balance(of_year, last_day, book, employment)?;
        let prevented = served.prevented_until(last_day, of_year.available, book, employment)?;
        let hindrances: Vec<Hindrance> = served.carried_after().chain(prevented).collect();
        let by = [Hindrance::Family, Hindrance::Sickness].into_iter().find(|one| hindrances.contains(one));
        let Some(by) = by else { return Ok(None) };
        let entitled = of_year.acquired.saturating_sub(of_year.debited);
        let taken = of_year.taken + of_year.reserved;
        let by_year = prevented.unwrap_or(Hindrance::Sickness);
        paid += rule.payable(by_year, pattern.weekly_days(), entitled, taken).min(of_year.available);
        let not_taken = left_of_before + of_year.available;
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

    /// What kept the agent from taking so much leave of the year of his last day: the family goes before sickness, for it
    /// has no bound.
    fn prevented_until(
        &self,
        last_day: NaiveDate,
        not_taken: HalfDays,
        book: &RuleBook,
        employment: &Employment,
    ) -> Result<Option<Hindrance>, NoRight> {
        for by in [Hindrance::Family, Hindrance::Sickness] {
            let returns = self.returns_of(by, last_day.year(), last_day, book, employment)?;
            let back = returns.into_iter().max();
            if back.is_some_and(|back| self.could_be_taken(back, last_day, book, employment) < not_taken) {
                return Ok(Some(by));
            }
        }
        Ok(None)
    }

    /// What kept the agent from taking the leave that was carried over.
    fn carried_after(&self) -> impl Iterator<Item = Hindrance> {
        let causes = self.movements.iter().filter(|movement| movement.counter.kind() == CounterKind::CarriedOver);
        causes.filter_map(|movement| match movement.origin {
            Origin::Decision { cause: CreditCause::CarryOverAfterFamilyLeave, .. } => Some(Hindrance::Family),
            Origin::Decision { cause: CreditCause::CarryOverAfterSickness, .. } => Some(Hindrance::Sickness),
            Origin::Decision { .. } | Origin::Deposit | Origin::Split | Origin::Gift { .. } => None,
        })
    }
}
