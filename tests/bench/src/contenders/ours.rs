//! The journal, with everything on, or with one thing off to see what it costs.

use super::{Contender, SEEDED, STREAMS, connections, dealt};
use crate::workload::{Balance, Ledger, LedgerEvent, MakeEntry, Note, entry};
use anyhow::Context;
use async_trait::async_trait;
use commands::Execution;
use esrs::AggregateState;
use esrs::store::EventStore;
use events::{AccountId, Actor, Capacity, Clock, DomainEvent, Idempotency, Metadata};
use futures::future::try_join_all;
use journal::{Config, Journal};
use measure::cpu::Accounts;
use measure::load::{Client, Measured, closed_loop_on};
use measure::server::Database;
use migrations::Role;
use sqlx::PgPool;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;
use vault::{MasterKey, Period, Place, Purpose, Vault};

/// Connections of the journal's writers, of which a process has two.
pub const WRITERS: u32 = 2;
/// People whose words are sealed, each under his own key.
const SUBJECTS: usize = 256;
/// The key of snapshots.
pub const SNAPSHOT_KEY: [u8; 16] = [7; 16];

/// What is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features {
    /// Notes are sealed under the key of a person.
    pub sealing: bool,
    /// Each command has a key of its own.
    pub idempotency: bool,
    /// States are kept in memory.
    pub cache: bool,
}

impl Features {
    /// Everything.
    pub const ALL: Self = Self { sealing: true, idempotency: true, cache: true };
}

/// Our journal.
pub struct Ours {
    name: &'static str,
    database: Database,
    master: MasterKey,
    features: Features,
}

/// The journal in one process, open for some clients.
pub struct Opened {
    pool: PgPool,
    journal: Journal,
    author: Author,
}

/// Who writes, and how.
#[derive(Clone)]
struct Author {
    vault: Vault,
    subjects: Arc<[Uuid]>,
    features: Features,
    clock: Clock,
}

impl Ours {
    /// In a migrated database, whose vault has this master key.
    pub fn new(name: &'static str, database: &Database, master: MasterKey, features: Features) -> Self {
        Self { name, database: database.clone(), master, features }
    }

    /// Opens it for so many clients: connections for loading, keys and snapshots are as many as the pools of others have,
    /// and all made.
    pub async fn open(&self, clients: usize) -> anyhow::Result<Opened> {
        let pool = self.database.connected_as(Role::Writer, connections(clients)).await?;
        let config = Config {
            cached_states: if self.features.cache { Config::default().cached_states } else { 0 },
            ..Config::default()
        };
        let journal = Journal::open(pool.clone(), config).await?.with_snapshots(SNAPSHOT_KEY);
        let vault = Vault::new(pool.clone(), self.master.clone());
        let subjects: Arc<[Uuid]> = (0..SUBJECTS).map(|_| Uuid::now_v7()).collect();
        vault.provide(subjects.iter().map(|subject| (*subject, Purpose::Words, Period::Always))).await?;
        let author = Author { vault, subjects, features: self.features, clock: Clock::system() };
        Ok(Opened { pool, journal, author })
    }
}

impl Opened {
    /// Ledgers with their first events, unknown to the journal that is measured.
    async fn seeded(&self, streams: usize, events: i32) -> anyhow::Result<Vec<Uuid>> {
        let seeding = Journal::open(self.pool.clone(), Config { cached_states: 0, ..Config::default() }).await?;
        let ids: Vec<Uuid> = (0..streams).map(|_| Uuid::now_v7()).collect();
        try_join_all(ids.iter().map(|id| async {
            let entries = (0..events).map(|_| entry(Note::clear())).collect();
            let unit = seeding.unit::<Ledger>(self.author.metadata()?);
            anyhow::Ok(unit.persist(&mut AggregateState::with_id(*id), entries).await?)
        }))
        .await?;
        seeding.close().await;
        Ok(ids)
    }

    /// Closes its connections.
    async fn close(self) {
        self.journal.close().await;
        self.pool.close().await;
    }

    /// Somebody who appends to these streams, which are new.
    pub fn appender(&self, streams: Vec<Uuid>) -> Appender {
        let streams = streams.into_iter().map(AggregateState::with_id).collect();
        Appender { journal: self.journal.clone(), author: self.author.clone(), streams, turn: 0 }
    }

    /// Somebody who commands these ledgers.
    fn commander(&self, ledgers: Vec<Uuid>) -> Commander {
        Commander { journal: self.journal.clone(), author: self.author.clone(), ledgers, turn: 0 }
    }
}

impl Author {
    fn metadata(&self) -> anyhow::Result<Metadata> {
        let author = Actor::Account(AccountId::from_uuid(self.subject(0)));
        let mut metadata = Metadata::new(author, Capacity::Agent, self.clock.now());
        metadata.trace = Some(Uuid::new_v4().into_bytes());
        if self.features.idempotency {
            let key = Uuid::new_v4().to_string().parse()?;
            let outcome = br#"{"location":"/v1/ledgers"}"#.to_vec();
            metadata.idempotency = Some(Idempotency { key, fingerprint: [1; 32], outcome });
        }
        Ok(metadata)
    }

    fn subject(&self, number: usize) -> Uuid {
        self.subjects.get(number % SUBJECTS).copied().unwrap_or_default()
    }

    async fn note(&self, ledger: Uuid, turn: usize) -> anyhow::Result<Note> {
        if !self.features.sealing {
            return Ok(Note::clear());
        }
        let place = Place { stream: LedgerEvent::STREAM, id: ledger, field: "note", fact: Uuid::now_v7() };
        let words = Note::to_be_sealed();
        Ok(Note::Sealed(self.vault.seal(self.subject(turn), Purpose::Words, Period::Always, &place, &words).await?))
    }
}

#[async_trait]
impl Contender for Ours {
    fn name(&self) -> &'static str {
        self.name
    }

    fn connections(&self, clients: usize) -> u32 {
        connections(clients) + WRITERS
    }

    async fn measure(&self, clients: usize, duration: Duration, accounts: Accounts) -> anyhow::Result<Measured> {
        let opened = self.open(clients).await?;
        let streams = (0..STREAMS.max(clients)).map(|_| Uuid::now_v7()).collect();
        let appenders = dealt(streams, clients).into_iter().map(|streams| opened.appender(streams)).collect();
        let measured = closed_loop_on::<Appender>(accounts, appenders, duration).await;
        opened.close().await;
        Ok(measured)
    }
}

/// Full cycles instead of plain appends.
pub struct OurCycles(pub Ours);

#[async_trait]
impl Contender for OurCycles {
    fn name(&self) -> &'static str {
        self.0.name
    }

    fn connections(&self, clients: usize) -> u32 {
        self.0.connections(clients)
    }

    async fn measure(&self, clients: usize, duration: Duration, accounts: Accounts) -> anyhow::Result<Measured> {
        let opened = self.0.open(clients).await?;
        let ledgers = opened.seeded(STREAMS.max(clients), SEEDED).await?;
        let commanders = dealt(ledgers, clients).into_iter().map(|ledgers| opened.commander(ledgers)).collect();
        let measured = closed_loop_on::<Commander>(accounts, commanders, duration).await;
        opened.close().await;
        Ok(measured)
    }
}

/// Appends one event to each of its streams in turn, at the version that it left it at.
pub struct Appender {
    journal: Journal,
    author: Author,
    streams: Vec<AggregateState<Balance>>,
    turn: usize,
}

impl Client for Appender {
    async fn operate(&mut self) -> anyhow::Result<u64> {
        self.turn += 1;
        let turn = self.turn % self.streams.len();
        let state = self.streams.get_mut(turn).context("a client without a stream")?;
        let note = self.author.note(*state.id(), self.turn).await?;
        let unit = self.journal.unit::<Ledger>(self.author.metadata()?);
        unit.persist(state, vec![entry(note)]).await?;
        state.next_sequence_number();
        Ok(1)
    }
}

/// Commands each of its ledgers in turn: load, decide, append.
pub struct Commander {
    journal: Journal,
    author: Author,
    ledgers: Vec<Uuid>,
    turn: usize,
}

impl Client for Commander {
    async fn operate(&mut self) -> anyhow::Result<u64> {
        self.turn += 1;
        let ledger = *self.ledgers.get(self.turn % self.ledgers.len()).context("a client without a ledger")?;
        let note = self.author.note(ledger, self.turn).await?;
        let execution = Execution::<Ledger>::new(&self.journal, self.author.metadata()?);
        execution.on(ledger, MakeEntry { note }).await?;
        Ok(1)
    }
}
