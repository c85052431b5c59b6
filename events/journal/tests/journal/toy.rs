//! The smallest aggregate that there is, for tests of the journal: a counter that refuses to pass ten thousand.

use esrs::manager::AggregateManager;
use esrs::{Aggregate, AggregateState};
use events::{Actor, Capacity, Clock, DomainEvent, EventName, Metadata};
use journal::{AppendError, Config, Journal, Receipt, Snapshots};
use migrations::Role;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Counted {
    Counted { by: u32, note: String },
}

impl DomainEvent for Counted {
    const STREAM: &'static str = "counter";
    const KINDS: &'static [(EventName, i16)] = &[("Counted", 1)];

    fn name(&self) -> EventName {
        "Counted"
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count(pub u32);

#[derive(Debug, thiserror::Error)]
#[error("past ten thousand")]
pub struct TooMany;

pub struct Counter;

impl Aggregate for Counter {
    const NAME: &'static str = Counted::STREAM;
    type State = Count;
    type Command = u32;
    type Event = Counted;
    type Error = TooMany;

    fn handle_command(state: &Count, by: u32) -> Result<Vec<Counted>, TooMany> {
        if state.0 + by > 10_000 { Err(TooMany) } else { Ok(vec![counted(by)]) }
    }

    fn apply_event(state: Count, Counted::Counted { by, .. }: Counted) -> Count {
        Count(state.0 + by)
    }
}

impl Snapshots for Counter {
    const FOLD: i32 = 1;
    const EVERY: i32 = 16;
}

pub fn counted(by: u32) -> Counted {
    Counted::Counted { by, note: "\u{e9}\\ \"quoted\"".repeat(10) }
}

pub fn metadata() -> Metadata {
    Metadata::new(Actor::Service, Capacity::System, Clock::system().now())
}

/// The key of the snapshots.
pub const SNAPSHOTS: [u8; 16] = [7; 16];

/// A database of this test's own and the journal in it.
pub struct Bench {
    pub database: test_support::Database,
    pub journal: Journal,
}

impl Bench {
    pub async fn new() -> Self {
        Self::with(Config::default()).await
    }

    pub async fn with(config: Config) -> Self {
        let database = test_support::Database::new().await;
        let journal = Journal::open(database.pool(Role::Writer), config).await.expect("the journal");
        let journal = journal.with_snapshots(SNAPSHOTS);
        Self { database, journal }
    }

    /// Another process's door to the same journal.
    pub async fn another(&self) -> Journal {
        Journal::open(self.database.pool(Role::Writer), Config::default()).await.expect("the journal")
    }
}

/// Counts once, deciding again after a conflict.
pub async fn count(journal: &Journal, id: Uuid, by: u32) -> Receipt {
    for fresh in std::iter::once(false).chain(std::iter::repeat(true)) {
        let unit = Arc::new(journal.unit::<Counter>(metadata()));
        let state = if fresh { unit.fresh_state(id).await } else { unit.state(id).await }.expect("a state");
        match AggregateManager::new(Arc::clone(&unit)).handle_command(state, by).await {
            Ok(decided) => {
                decided.expect("a count that is not too high");
                return unit.receipt().cloned().expect("a receipt");
            }
            Err(AppendError::Conflict) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
    unreachable!("the loop has no end")
}

/// Appends one count at the version expected, without deciding again.
pub async fn count_at(journal: &Journal, metadata: Metadata, id: Uuid, expected: i32) -> Result<Receipt, AppendError> {
    let unit = Arc::new(journal.unit::<Counter>(metadata));
    let mut state = AggregateState::with_id(id);
    while *state.sequence_number() < expected {
        state.next_sequence_number();
    }
    let decided = AggregateManager::new(Arc::clone(&unit)).handle_command(state, 1).await?;
    decided.expect("a count that is not too high");
    Ok(unit.receipt().cloned().expect("a receipt"))
}
