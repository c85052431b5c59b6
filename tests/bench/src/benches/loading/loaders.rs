//! Those who load, and the streams that they load.

use crate::contenders::cqrs::CqrsEs;
use crate::contenders::esrs_store::EsrsStore;
use crate::contenders::ours::SNAPSHOT_KEY;
use crate::workload::{Balance, Ledger, Note, entry};
use anyhow::{Context, ensure};
use async_trait::async_trait;
use cqrs_es::EventStore as _;
use cqrs_es::persist::PersistedEventStore;
use esrs::AggregateState;
use esrs::manager::AggregateManager;
use esrs::store::EventStore;
use esrs::store::postgres::PgStore;
use events::{Actor, Capacity, Clock, Metadata};
use journal::{Config, Journal};
use measure::server::Database;
use migrations::Role;
use postgres_es::PostgresEventRepository;
use sqlx::PgPool;
use std::time::Duration;
use tokio::time::{interval, timeout};
use uuid::Uuid;

/// Events of one append while streams are made.
const CHUNK: i32 = 1_000;
/// Connections of each loader's pool.
const CONNECTIONS: u32 = 4;
/// How long a snapshot may take to be kept in the background.
const PATIENCE: Duration = Duration::from_secs(30);

/// Somebody who loads one of some streams.
#[async_trait]
pub trait Loader: Send + Sync {
    /// Loads the stream at this place; how many events it has.
    async fn load(&self, place: usize) -> anyhow::Result<u64>;
}

/// Our streams, of ascending lengths.
#[derive(Clone, Debug)]
pub struct Streams(Vec<Uuid>);

impl Streams {
    /// Streams that nobody has written to.
    pub fn empty(count: usize) -> Self {
        Self((0..count).map(|_| Uuid::now_v7()).collect())
    }

    /// Streams of these lengths, each with a snapshot so many events before its end where it is long enough for one.
    pub async fn recorded(database: &Database, lengths: &[i32], after_snapshot: i32) -> anyhow::Result<Self> {
        let journal =
            Journal::open(database.pool(Role::Writer, 4), Config::default()).await?.with_snapshots(SNAPSHOT_KEY);
        let streams = Self::empty(lengths.len());
        let owner = database.owner(1);
        for (id, length) in streams.0.iter().zip(lengths) {
            let mut state = AggregateState::with_id(*id);
            append(&journal, &mut state, length - after_snapshot.min(*length)).await?;
            if *length > CHUNK / 2 {
                kept(&owner, *id, length - after_snapshot).await?;
            }
            append(&journal, &mut state, after_snapshot.min(*length)).await?;
        }
        journal.close().await;
        owner.close().await;
        Ok(streams)
    }

    /// The version of each one's snapshot, where there is one.
    pub async fn snapshots(&self, database: &Database) -> anyhow::Result<Vec<Option<i32>>> {
        let owner = database.owner(1);
        let mut versions = Vec::new();
        for id in &self.0 {
            versions.push(snapshot(&owner, *id).await?);
        }
        owner.close().await;
        Ok(versions)
    }
}

async fn snapshot(owner: &PgPool, id: Uuid) -> anyhow::Result<Option<i32>> {
    let version = sqlx::query_scalar("SELECT version FROM journal.snapshot WHERE stream_id = $1").bind(id);
    Ok(version.fetch_optional(owner).await?)
}

/// The last append is a whole chunk, so that it is followed by a snapshot.
async fn append(journal: &Journal, state: &mut AggregateState<Balance>, events: i32) -> anyhow::Result<()> {
    let last = state.sequence_number() + events;
    while *state.sequence_number() < last {
        let left = last - state.sequence_number();
        let count = if left % CHUNK == 0 { CHUNK } else { left % CHUNK };
        let entries = (0..count).map(|_| entry(Note::clear())).collect();
        journal.unit::<Ledger>(metadata()).persist(state, entries).await?;
        for _ in 0..count {
            state.next_sequence_number();
        }
    }
    Ok(())
}

/// Waits until the snapshot of this version is there.
async fn kept(owner: &PgPool, id: Uuid, version: i32) -> anyhow::Result<()> {
    let mut ticks = interval(Duration::from_millis(10));
    let look = async {
        loop {
            ticks.tick().await;
            if snapshot(owner, id).await? == Some(version) {
                return anyhow::Ok(());
            }
        }
    };
    timeout(PATIENCE, look).await.context("a snapshot was not kept")?
}

fn metadata() -> Metadata {
    Metadata::new(Actor::Service, Capacity::System, Clock::system().now())
}

/// Our journal, without a cache.
pub struct OurLoader {
    journal: Journal,
    streams: Streams,
}

impl OurLoader {
    /// Opens it, reading snapshots or not.
    pub async fn open(database: &Database, streams: Streams, snapshots: bool) -> anyhow::Result<Self> {
        let config = Config { cached_states: 0, ..Config::default() };
        let journal = Journal::open(database.connected_as(Role::Writer, CONNECTIONS).await?, config).await?;
        Ok(Self { journal: if snapshots { journal.with_snapshots(SNAPSHOT_KEY) } else { journal }, streams })
    }
}

#[async_trait]
impl Loader for OurLoader {
    async fn load(&self, place: usize) -> anyhow::Result<u64> {
        let id = *self.streams.0.get(place).context("no such stream")?;
        Ok(self.journal.unit::<Ledger>(metadata()).fresh_state(id).await?.inner().entries)
    }
}

/// The store of esrs.
pub struct EsrsLoader {
    manager: AggregateManager<PgStore<Ledger>>,
    streams: Vec<Uuid>,
}

impl EsrsLoader {
    /// Makes streams of these lengths.
    pub async fn open(database: &Database, lengths: &[i32]) -> anyhow::Result<Self> {
        let esrs = EsrsStore::loading(database);
        let (store, _) = esrs.store(CONNECTIONS as usize).await?;
        let mut streams = Vec::new();
        for length in lengths {
            streams.extend(esrs.seeded(1, *length).await?);
        }
        Ok(Self { manager: AggregateManager::new(store), streams })
    }
}

#[async_trait]
impl Loader for EsrsLoader {
    async fn load(&self, place: usize) -> anyhow::Result<u64> {
        let id = *self.streams.get(place).context("no such stream")?;
        Ok(self.manager.load(id).await?.context("a stream without events")?.inner().entries)
    }
}

/// cqrs-es.
pub struct CqrsLoader {
    store: PersistedEventStore<PostgresEventRepository, Balance>,
    streams: Vec<String>,
}

impl CqrsLoader {
    /// Makes streams of these lengths.
    pub async fn open(database: &Database, lengths: &[i32]) -> anyhow::Result<Self> {
        let cqrs = CqrsEs::commanding(database);
        let pool = cqrs.pool(CONNECTIONS as usize).await?;
        let mut streams = Vec::new();
        for length in lengths {
            streams.extend(cqrs.seeded(&pool, 1, *length).await?);
        }
        Ok(Self { store: PersistedEventStore::new_event_store(PostgresEventRepository::new(pool)), streams })
    }
}

#[async_trait]
impl Loader for CqrsLoader {
    async fn load(&self, place: usize) -> anyhow::Result<u64> {
        let id = self.streams.get(place).context("no such stream")?;
        let loaded = self.store.load_aggregate(id).await?;
        ensure!(loaded.aggregate.entries > 0, "a stream without events");
        Ok(loaded.aggregate.entries)
    }
}
