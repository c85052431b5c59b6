//! What an agent has on a date, each number with what is behind it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use events::leave::{Counter, CounterKind};
use serde::{Deserialize, Serialize};

use super::Ledger;
use super::leave::LeaveStatus;
use super::rights::{Because, Counters, NoRight, Rights};
use super::supply::{Demand, Supply, cover, spare};
use crate::book::RuleBook;
use crate::date::{OutsideCalendar, supported};
use crate::employment::Employment;
use crate::quantity::HalfDays;

/// One counter on one date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// The counter.
    pub counter: Counter,
    /// The date.
    pub at: NaiveDate,
    /// What was given by then.
    pub acquired: HalfDays,
    /// What was taken off by then other than by leave.
    pub debited: HalfDays,
    /// Leave granted, up to the date.
    pub taken: HalfDays,
    /// Leave granted, after the date.
    pub booked: HalfDays,
    /// Leave asked for and not yet decided.
    pub reserved: HalfDays,
    /// What ended before the date without being used.
    pub lost: HalfDays,
    /// What a request for the date may still take.
    pub available: HalfDays,
    /// What of it ends when, unless it is taken: the first end first, which leave uses first.
    pub ends: Vec<Ending>,
    /// What is used beyond the rights: after a correction of employment or rules, to be settled by hand. Of annual leave,
    /// also what was carried over and is used.
    pub overdrawn: HalfDays,
    /// Every number behind these, in the order of dates.
    pub entries: Vec<Entry>,
}

/// So much that may be used until a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// How much.
    pub half_days: HalfDays,
    /// The last day on which it may be used.
    pub until: NaiveDate,
}

/// One number behind a balance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What it does.
    pub moves: Moves,
    /// How much.
    pub half_days: HalfDays,
    /// From when on, or the first day of the leave.
    pub from: NaiveDate,
    /// Until when it may be used, or the last day of the leave.
    pub until: Option<NaiveDate>,
    /// What is behind it.
    pub because: Because,
}

/// What an entry does to a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Moves {
    /// It gives.
    Acquired,
    /// It takes, other than by leave.
    Debited,
    /// It is leave granted.
    Granted,
    /// It is leave asked for.
    Reserved,
}

/// What an agent has on a date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balances {
    /// Each counter of which there is something to tell.
    pub told: Vec<Balance>,
    /// The counters of which nothing can be told, each with the reason.
    pub untold: Vec<(Counter, NoRight)>,
}

impl Ledger {
    /// Every counter that an agent has on `at`, those of its year and those of others that may still be used.
    ///
    /// # Errors
    /// [`OutsideCalendar`] for a date that is not supported.
    pub fn balances(
        &self,
        at: NaiveDate,
        book: &RuleBook,
        employment: &Employment,
    ) -> Result<Balances, OutsideCalendar> {
        supported(at)?;
        let counters = Counters { ledger: self, book, employment };
        let mut balances = Balances::default();
        for counter in CounterKind::ALL.into_iter().flat_map(|kind| counters.candidates(kind, at)) {
            let year_is_supported = counter.year().is_none_or(|year| crate::date::YEARS.contains(&year));
            if !year_is_supported {
                continue;
            }
            match self.balance(counter, at, book, employment) {
                Ok(balance) => balances.told.push(balance),
                Err(NoRight::Outside(outside)) => return Err(outside),
                Err(reason @ NoRight::Week { .. }) => balances.untold.push((counter, reason)),
            }
        }
        balances.told.retain(|balance| !balance.entries.is_empty());
        Ok(balances)
    }

    /// One counter on `at`.
    ///
    /// # Errors
    /// [`NoRight`] for a date that is not supported, or a week that the law does not know.
    pub fn balance(
        &self,
        counter: Counter,
        at: NaiveDate,
        book: &RuleBook,
        employment: &Employment,
    ) -> Result<Balance, NoRight> {
        supported(at)?;
        let rights = Counters { ledger: self, book, employment }.rights(counter)?;
        let demands = self.demands(counter, &rights);
        let covered = cover(&rights.supplies, &demands);
        let beside = self.beside_carry_over(counter, &rights, &demands);
        let spare = spare(&rights.supplies, &demands, at);
        let lost = rights.supplies.iter().zip(&covered.left).filter(|(supply, _)| supply.until < at);
        let available = beside.map_or(spare, |beside| spare.min(beside.rest));
        let by_then = |from: NaiveDate| from <= at;
        let mut balance = Balance {
            counter,
            at,
            acquired: rights.supplies.iter().filter(|one| by_then(one.from)).map(|one| one.half_days).sum(),
            debited: rights.debits.iter().filter(|(one, _)| by_then(one.on)).map(|(one, _)| one.half_days).sum(),
            taken: HalfDays::ZERO,
            booked: HalfDays::ZERO,
            reserved: HalfDays::ZERO,
            lost: lost.map(|(_, left)| *left).sum(),
            available,
            ends: endings(&rights.supplies, &covered.left, available, at),
            overdrawn: beside.map_or(covered.unmet, |beside| covered.unmet.max(beside.twice)),
            entries: Vec::new(),
        };
        self.add_leaves(&mut balance);
        balance.add_rights(rights);
        balance.entries.sort_by_key(|entry| entry.from);
        Ok(balance)
    }

    /// Everything that the rights on a counter have to cover.
    pub(super) fn demands(&self, counter: Counter, rights: &Rights) -> Vec<Demand> {
        let charged = self.leaves.values().flat_map(|leave| &leave.charges);
        let dates = charged.filter(|charge| charge.counter == Some(counter)).flat_map(|charge| charge.half_days.iter());
        let leaves = dates.map(|at| Demand { half_days: HalfDays::new(1), on: at.date });
        rights.debits.iter().map(|(demand, _)| demand.clone()).chain(leaves).collect()
    }

    fn add_leaves(&self, balance: &mut Balance) {
        for (id, leave) in self.leaves() {
            for charge in leave.charges.iter().filter(|charge| charge.counter == Some(balance.counter)) {
                let (Some(first), Some(last)) = (charge.half_days.first(), charge.half_days.last()) else { continue };
                let count = charge.half_days.count();
                let moves = if leave.status == LeaveStatus::Granted {
                    let past = charge.half_days.iter().filter(|half_day| half_day.date <= balance.at).count();
                    let past = HalfDays::new(u32::try_from(past).unwrap_or(u32::MAX));
                    balance.taken += past;
                    balance.booked += count.saturating_sub(past);
                    Moves::Granted
                } else {
                    balance.reserved += count;
                    Moves::Reserved
                };
                balance.entries.push(Entry {
                    moves,
                    half_days: count,
                    from: first.date,
                    until: Some(last.date),
                    because: Because::Leave { leave: id },
                });
            }
        }
    }
}

impl Balance {
    /// What is on the counter then, whether leave to come is booked on it or not.
    #[must_use]
    pub fn held(&self) -> HalfDays {
        self.acquired.saturating_sub(self.debited + self.taken)
    }

    /// When what ends first of what is available now does.
    #[must_use]
    pub fn ends_on(&self) -> Option<NaiveDate> {
        self.ends.first().map(|ending| ending.until)
    }

    fn add_rights(&mut self, rights: Rights) {
        for supply in rights.supplies {
            let (half_days, from, until) = (supply.half_days, supply.from, Some(supply.until));
            self.entries.push(Entry { moves: Moves::Acquired, half_days, from, until, because: supply.because });
        }
        for (debit, because) in rights.debits {
            let (half_days, from) = (debit.half_days, debit.on);
            self.entries.push(Entry { moves: Moves::Debited, half_days, from, until: None, because });
        }
    }
}

/// What of `available` on `at` is left of each right, by its end.
fn endings(supplies: &[Supply], left: &[HalfDays], available: HalfDays, at: NaiveDate) -> Vec<Ending> {
    let mut lots: BTreeMap<NaiveDate, HalfDays> = BTreeMap::new();
    for (supply, left) in supplies.iter().zip(left).filter(|(supply, _)| supply.until >= at) {
        *lots.entry(supply.until).or_default() += *left;
    }
    let mut open = available;
    let mut endings = Vec::new();
    for (until, left) in lots {
        let half_days = left.min(open);
        open = open.saturating_sub(half_days);
        endings.push(Ending { half_days, until });
    }
    endings.retain(|ending| !ending.half_days.is_zero());
    endings
}
