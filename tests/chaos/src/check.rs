//! The checker: pure functions of what clients saw and of what is in the database. It uses no crate of the service, so
//! that no fault of the service is a fault of its judge.

mod absences;
mod answers;
mod fold;
mod leave;
mod order;
mod projections;
mod reads;
mod staff;
mod tree;

use crate::evidence::Evidence;
use crate::history::History;
use std::fmt;

/// A promise that was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Promise {
    /// Positions are dense, versions without holes, ids unique.
    Order,
    /// The Merkle tree is that of RFC 9162 over the events, whenever its root was seen.
    Tree,
    /// What was acknowledged is there.
    NothingLost,
    /// What was asked for once is there once, and nothing that nobody asked for.
    NothingTwice,
    /// What was refused was refused on a state that there was, and was not done.
    Refusals,
    /// No half-day of leave is taken twice, no counter overdrawn, nothing decided that is not pending.
    Rights,
    /// Read models are the fold of the journal up to their checkpoint.
    Projections,
    /// A read shows the write whose position it names, and nothing from the future.
    ReadYourWrites,
    /// Every reader has the same events in the same order.
    OneOrder,
    /// Who cannot be served is told to come again, and nothing else.
    Candour,
    /// When faults end, the service works again.
    Recovery,
}

/// A broken promise, and what shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The promise.
    pub promise: Promise,
    /// What shows it.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.promise, self.detail)
    }
}

/// Collects violations.
#[derive(Debug, Default)]
struct Findings(Vec<Violation>);

impl Findings {
    fn add(&mut self, promise: Promise, detail: impl Into<String>) {
        self.0.push(Violation { promise, detail: detail.into() });
    }

    fn unless(&mut self, holds: bool, promise: Promise, detail: impl FnOnce() -> String) {
        if !holds {
            self.add(promise, detail());
        }
    }
}

/// Holds what clients saw against what is there. `base` is the position up to which the round found events.
#[must_use]
pub fn check(history: &History, evidence: &Evidence, base: i64) -> Vec<Violation> {
    let mut findings = Findings::default();
    order::check(evidence, &mut findings);
    tree::check(history, evidence, &mut findings);
    answers::check(history, evidence, base, &mut findings);
    leave::check(evidence, &mut findings);
    projections::check(history, evidence, &mut findings);
    reads::check(history, evidence, &mut findings);
    for answer in &history.unexcused {
        findings.add(Promise::Candour, answer.as_str());
    }
    findings.0
}
