//! What annual leave is worth that could not be taken before the end of service.

use chrono::{Datelike, NaiveDate};
use events::leave::{Counter, CounterKind, CreditCause};

use super::{Ledger, NoRight};
use crate::book::RuleBook;
use crate::carry_over::Hindrance;
use crate::date::DayOfYear;
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
        let year = last_day.year();
        let Some(by) = self.hindered_until(last_day)? else { return Ok(None) };
        let carried = self.movements.iter().map(|movement| movement.counter);
        let mut counters: Vec<Counter> = carried.filter(|one| one.kind() == CounterKind::CarriedOver).collect();
        counters.push(Counter::of(CounterKind::AnnualLeave, year));
        counters.sort_unstable();
        counters.dedup();
        let mut not_taken = HalfDays::ZERO;
        for counter in counters {
            not_taken += self.balance(counter, last_day, book, employment)?.available;
        }
        let paid = rule.paid_days(not_taken, by, pattern.weekly_days());
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

    /// What kept the agent from taking leave of the year of his last day, or what was carried over to it: the family goes
    /// before sickness, for it has no bound.
    fn hindered_until(&self, last_day: NaiveDate) -> Result<Option<Hindrance>, NoRight> {
        let year = DayOfYear::FIRST.in_year(last_day.year())?..=last_day;
        let carried_after = |cause| {
            let counters = self.movements.iter().map(|movement| movement.counter);
            counters.filter(|one| one.kind() == CounterKind::CarriedOver).any(|one| self.was_credited(one, cause))
        };
        let hindrances = [
            (Hindrance::Family, CreditCause::CarryOverAfterFamilyLeave),
            (Hindrance::Sickness, CreditCause::CarryOverAfterSickness),
        ];
        let is_it = |(by, cause): &(Hindrance, CreditCause)| {
            self.away_for(*by).iter().any(|at| year.contains(&at.date)) || carried_after(*cause)
        };
        Ok(hindrances.into_iter().find(is_it).map(|(by, _)| by))
    }
}
