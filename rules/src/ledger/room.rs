//! How much a counter may still be credited by decision.

use chrono::{Datelike, NaiveDate};
use events::leave::{Counter, CounterKind};

use super::Ledger;
use super::rights::{Counters, NoRight};
use crate::book::RuleBook;
use crate::date::DayOfYear;
use crate::employment::Employment;
use crate::quantity::HalfDays;

impl Ledger {
    /// The most that `counter` may be credited from `effective` on: for leave carried over, what is left of its year (D
    /// 85-1250 art. 5 and 5-1); for the time-savings account, what its cap leaves (D 2004-878 art. 7-1); for days
    /// received, what may still be received in the year (D 2015-580 art. 5); for a sick child, what an agent has more who
    /// is alone or whose partner has no such right (circular of 20 July 1982); for the bonus of fractionnement, what it
    /// lacks to the largest (D 85-1250 art. 1); for annual leave and RTT, what they lack to a whole year at full time and an
    /// advance of as much on the next (D 85-1250 art. 1; D 2000-815 art. 1; the advance: convention). Nothing for who is not in
    /// the service in the counter's year, or in that of `effective` where it has none (CGFP L.621-1).
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
        if employment.stretches(counter.year().unwrap_or(effective.year()))?.is_empty() {
            return Ok(HalfDays::ZERO);
        }
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
            (CounterKind::AnnualLeave | CounterKind::Fractionnement | CounterKind::Rtt, Some(year)) => {
                let counters = Counters { ledger: self, book, employment };
                counters.most(counter.kind(), year)?.saturating_sub(counters.rights(counter)?.given())
            }
            (_, None) => HalfDays::ZERO,
        })
    }
}

impl Ledger {
    /// The last day on which what a counter is credited may be used; none for leave carried over, which ends as the
    /// carry-over does ([`Ledger::carry`]).
    ///
    /// # Errors
    /// [`NoRight`] for a year that is not supported.
    pub fn last_use(
        &self,
        counter: Counter,
        book: &RuleBook,
        employment: &Employment,
    ) -> Result<Option<NaiveDate>, NoRight> {
        match counter.kind() {
            CounterKind::CarriedOver => Ok(None),
            _ => Counters { ledger: self, book, employment }.end(counter).map(Some),
        }
    }
}

impl Counters<'_> {
    /// The most that a counter of a year may ever be given; nothing where no rule is in force.
    fn most(self, kind: CounterKind, year: i32) -> Result<HalfDays, NoRight> {
        let law = self.book.at(DayOfYear::FIRST.in_year(year)?);
        let stretches = self.employment.stretches(year)?;
        let with_advance = |of_a_year: HalfDays| of_a_year + of_a_year;
        Ok(match kind {
            CounterKind::AnnualLeave => {
                let weekly_days = stretches.iter().filter_map(|stretch| Some(stretch.pattern?.weekly_days())).max();
                law.annual_leave().map_or(HalfDays::ZERO, |rule| with_advance(rule.most(weekly_days)))
            }
            CounterKind::Rtt => {
                let cycle = law.rtt_cycle().map_or(HalfDays::ZERO, |cycle| cycle.full_year());
                let week = stretches.iter().filter_map(|stretch| Some(stretch.working_time?.full_time_week)).max();
                law.rtt().map_or(HalfDays::ZERO, |rule| with_advance(rule.most(week).max(cycle)))
            }
            CounterKind::Fractionnement => law.fractionnement().map_or(HalfDays::ZERO, |rule| rule.most()),
            CounterKind::CarriedOver | CounterKind::DonatedDays | CounterKind::SickChild | CounterKind::TimeSavings => {
                HalfDays::ZERO
            }
        })
    }
}
