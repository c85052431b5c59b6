//! What a round in which nothing broke has shown, and faults planted in it.

use crate::rounds;
use chaos::check::{Promise, check};
use chaos::evidence::{Event, Evidence};
use chaos::history::{Ask, Command, History};
use chaos::plan::Plan;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use std::time::Duration;

/// What clients saw and what is there after a round in which nothing broke.
#[derive(Clone)]
pub struct Shown {
    pub history: History,
    pub evidence: Evidence,
    pub base: i64,
}

pub static CALM: LazyLock<Shown> = LazyLock::new(|| {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let plan = Plan::calm(7, Duration::from_secs(3));
    let outcome = runtime.block_on(rounds(&[plan])).remove(0);
    Shown { history: outcome.history, evidence: outcome.evidence, base: outcome.base }
});

impl Shown {
    fn broken(&self) -> BTreeSet<Promise> {
        check(&self.history, &self.evidence, self.base).into_iter().map(|violation| violation.promise).collect()
    }

    /// The place, among the events, of some change of a role that was acknowledged and after which others come.
    pub fn acknowledged(&self) -> usize {
        let done = |command: &Command| match command.ask {
            Ask::Grant(..) => command.done()?.0,
            _ => None,
        };
        let position = self.history.commands.iter().filter_map(done).min().expect("a role that was given");
        usize::try_from(position - 1).unwrap()
    }

    pub fn renumber(&mut self) {
        let mut versions = BTreeMap::new();
        for (place, event) in (1..).zip(&mut self.evidence.events) {
            let version = versions.entry((event.stream_type.clone(), event.stream_id)).or_insert(0);
            *version += 1;
            (event.position, event.version) = (place, *version);
        }
        for (of, id, version) in &mut self.evidence.streams {
            *version = versions.get(&(of.clone(), *id)).copied().unwrap_or(0);
        }
        self.evidence.head.position = self.evidence.events.len() as i64;
    }

    pub fn add(&mut self, event: Event) {
        self.evidence.events.push(event);
        self.renumber();
    }
}

/// Plants a fault in a calm round and requires the checker to name these promises.
#[track_caller]
pub fn planted(plant: impl FnOnce(&mut Shown), promises: &[Promise]) {
    let mut shown = CALM.clone();
    assert_eq!(shown.broken(), BTreeSet::new(), "without the fault");
    plant(&mut shown);
    let broken = shown.broken();
    assert!(promises.iter().all(|promise| broken.contains(promise)), "{broken:?}, expected {promises:?}");
}
