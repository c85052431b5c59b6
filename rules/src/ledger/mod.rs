//! The absence ledger of an agent: the fold of [`AbsenceEvent`](events::leave::AbsenceEvent), and what both sides
//! compute from it.
//!
//! A balance is this fold and the rules for a date; nothing else ever changes one. What an agent had at a past
//! instant is the same computation on what was recorded up to then: fold fewer events, take the rules that were
//! activated by then.

mod active;
mod audit;
mod balance;
mod carry;
mod departure;
mod fold;
mod gift;
mod leave;
mod overdraft;
mod proposal;
mod quote;
mod recount;
mod rights;
mod room;
mod savings;
mod supply;
mod unfounded;

pub use active::Absence;
pub use audit::{Violation, acted_wrongly, violations};
pub use balance::{Balance, Balances, Ending, Entry, Moves};
pub use carry::{CarriedOver, Hindered, Uncarried};
pub use departure::Indemnity;
pub use gift::DeclaredGift;
pub use leave::{Leave, LeaveStatus, Pending, Replacement, Sickness};
pub use overdraft::Overdraft;
pub use proposal::Proposal;
pub use quote::{Quote, Unquotable};
pub use recount::{Activated, miscounted, unlawful};
pub use rights::{Because, NoRight};
pub use savings::{is_saved_in, saved_as_annual_leave};
pub use unfounded::Unfounded;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use events::leave::{Counter, CreditCause};
use events::{CreditId, GiftId, LeaveId, ProofId, SicknessId};
use serde::{Deserialize, Serialize};

use crate::quantity::HalfDays;

/// An agent's absences and movements as their events leave them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    leaves: BTreeMap<LeaveId, Leave>,
    sicknesses: BTreeMap<SicknessId, Sickness>,
    movements: Vec<Movement>,
    proofs: BTreeSet<ProofId>,
    time_savings_since: Option<NaiveDate>,
    time_savings_split: BTreeSet<i32>,
    #[serde(default)]
    gifts: BTreeMap<GiftId, DeclaredGift>,
    #[serde(default)]
    announced: BTreeMap<Counter, BTreeMap<NaiveDate, u16>>,
    #[serde(default)]
    overdrawn: BTreeMap<Counter, HalfDays>,
    #[serde(default)]
    founded: BTreeSet<CreditId>,
}

impl Ledger {
    /// The version of the fold; a snapshot taken under another is ignored.
    pub const FOLD: i32 = 10;

    /// Every leave that was ever asked for or recorded.
    pub fn leaves(&self) -> impl Iterator<Item = (LeaveId, &Leave)> {
        self.leaves.iter().map(|(id, leave)| (*id, leave))
    }

    /// One leave.
    #[must_use]
    pub fn leave(&self, id: LeaveId) -> Option<&Leave> {
        self.leaves.get(&id)
    }

    /// Every spell of sickness.
    pub fn sicknesses(&self) -> impl Iterator<Item = (SicknessId, &Sickness)> {
        self.sicknesses.iter().map(|(id, sickness)| (*id, sickness))
    }

    /// One spell of sickness.
    #[must_use]
    pub fn sickness(&self, id: SicknessId) -> Option<&Sickness> {
        self.sicknesses.get(&id)
    }

    /// Whether this proof was attached.
    #[must_use]
    pub fn has_proof(&self, id: ProofId) -> bool {
        self.proofs.contains(&id)
    }

    /// Whether this credit or debit was recorded.
    #[must_use]
    pub fn has_credit(&self, id: CreditId) -> bool {
        self.movements.iter().any(|movement| movement.origin.credit() == Some(id))
    }

    /// Whether this counter was credited for this cause.
    #[must_use]
    pub fn was_credited(&self, counter: Counter, cause: CreditCause) -> bool {
        let is_it = |origin| matches!(origin, Origin::Decision { cause: one, .. } if one == cause);
        self.movements.iter().any(|movement| movement.counter == counter && is_it(movement.origin))
    }

    /// Whether this gift was declared, or received.
    #[must_use]
    pub fn has_gift(&self, id: GiftId) -> bool {
        self.gifts.contains_key(&id)
            || self.movements.iter().any(|movement| movement.origin == Origin::Gift { gift: id })
    }

    /// What became of a gift that the agent declared.
    #[must_use]
    pub fn declared_gift(&self, id: GiftId) -> Option<DeclaredGift> {
        self.gifts.get(&id).copied()
    }

    /// Since when the agent has a time-savings account.
    #[must_use]
    pub const fn time_savings_since(&self) -> Option<NaiveDate> {
        self.time_savings_since
    }

    /// Whether it was settled what becomes of the saved days of 31 December `year`.
    #[must_use]
    pub fn time_savings_are_split(&self, year: i32) -> bool {
        self.time_savings_split.contains(&year)
    }

    /// How many days ahead the agent was warned last of days of a counter that end unused after a date.
    #[must_use]
    pub fn announced(&self, counter: Counter, usable_until: NaiveDate) -> Option<u16> {
        self.announced.get(&counter)?.get(&usable_until).copied()
    }

    /// The counters that human resources were told last to be overdrawn, and by how much.
    #[must_use]
    pub const fn announced_overdrafts(&self) -> &BTreeMap<Counter, HalfDays> {
        &self.overdrawn
    }

    /// What was received from colleagues in `year`.
    #[must_use]
    pub fn donated(&self, year: i32) -> HalfDays {
        let counter = Counter::of(events::leave::CounterKind::DonatedDays, year);
        self.movements.iter().filter(|movement| movement.counter == counter).map(|movement| movement.half_days).sum()
    }
}

/// What was put on a counter, or taken off it, other than by a leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Movement {
    counter: Counter,
    way: Way,
    half_days: HalfDays,
    from: NaiveDate,
    until: Option<NaiveDate>,
    origin: Origin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Way {
    In,
    Out,
}

/// What a movement comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "from")]
pub enum Origin {
    /// A decision of human resources.
    Decision {
        /// The credit or debit.
        credit: CreditId,
        /// Why.
        cause: CreditCause,
    },
    /// A deposit on the time-savings account.
    Deposit,
    /// The choice over the saved days beyond those that are leave only.
    Split,
    /// A gift, to or from a colleague.
    Gift {
        /// The gift.
        gift: GiftId,
    },
}

impl Origin {
    const fn credit(self) -> Option<CreditId> {
        match self {
            Self::Decision { credit, .. } => Some(credit),
            Self::Deposit | Self::Split | Self::Gift { .. } => None,
        }
    }
}
