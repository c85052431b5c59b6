//! What came of a run, as it is printed.

use crate::evidence::Event;
use crate::history::Answer;
use crate::round::Outcome;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

/// The sums over all rounds.
#[derive(Debug, Default)]
pub struct Report {
    /// Rounds run.
    pub rounds: usize,
    /// Rounds in which a promise was broken.
    pub failed: usize,
    struck: BTreeMap<&'static str, usize>,
    restarts: usize,
    /// What this machine could not do, and why.
    pub left_out: Vec<&'static str>,
    /// Starts of PostgreSQL after the first.
    pub database_restarts: usize,
    commands: [usize; 3],
    reads: usize,
    sights: usize,
    roots: usize,
    events: usize,
    largest_batch: usize,
    longest_recovery: Duration,
}

impl Report {
    /// Adds a round.
    pub fn add(&mut self, outcome: &Outcome) {
        self.rounds += 1;
        self.failed += usize::from(!outcome.violations.is_empty());
        for kind in &outcome.struck {
            *self.struck.entry(kind).or_default() += 1;
        }
        self.restarts += outcome.restarts;
        for command in &outcome.history.commands {
            let [done, refused, unknown] = &mut self.commands;
            let count = match command.answers.last() {
                Some(Answer::Done { .. }) => done,
                Some(Answer::Refused(_)) => refused,
                Some(Answer::Unknown) | None => unknown,
            };
            *count += 1;
        }
        self.reads += outcome.history.reads.len() + outcome.history.leaves_read.len();
        self.sights += outcome.history.sights.iter().map(|sight| sight.events.len()).sum::<usize>();
        self.roots += outcome.history.roots.len();
        let recorded = || outcome.evidence.events.iter().filter(|event| event.position > outcome.base);
        self.largest_batch = self.largest_batch.max(largest_batch(recorded()));
        self.events += recorded().count();
        self.longest_recovery = self.longest_recovery.max(outcome.recovery);
    }
}

/// The most commands of which the journal took the events in one transaction.
fn largest_batch<'a>(events: impl Iterator<Item = &'a Event>) -> usize {
    let mut batches: BTreeMap<i64, BTreeSet<Option<&[u8]>>> = BTreeMap::new();
    for event in events {
        batches.entry(event.transaction).or_default().insert(event.trace.as_deref());
    }
    batches.values().map(BTreeSet::len).max().unwrap_or_default()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [done, refused, unknown] = self.commands;
        writeln!(f, "| what | how many |")?;
        writeln!(f, "| --- | ---: |")?;
        writeln!(f, "| rounds | {} |", self.rounds)?;
        writeln!(f, "| rounds in which a promise was broken | {} |", self.failed)?;
        for left_out in &self.left_out {
            writeln!(f, "| {left_out} | left out |")?;
        }
        for (kind, count) in &self.struck {
            writeln!(f, "| {kind} | {count} |")?;
        }
        writeln!(f, "| processes started again | {} |", self.restarts)?;
        writeln!(f, "| PostgreSQL started again | {} |", self.database_restarts)?;
        writeln!(f, "| commands acknowledged | {done} |")?;
        writeln!(f, "| commands refused | {refused} |")?;
        writeln!(f, "| commands in doubt to the end | {unknown} |")?;
        writeln!(f, "| events recorded | {} |", self.events)?;
        writeln!(f, "| commands of the largest batch | {} |", self.largest_batch)?;
        writeln!(f, "| reads of an account or a leave at a position | {} |", self.reads)?;
        writeln!(f, "| events seen by readers of the order | {} |", self.sights)?;
        writeln!(f, "| roots seen | {} |", self.roots)?;
        write!(f, "| longest recovery | {:.1} s |", self.longest_recovery.as_secs_f64())
    }
}
