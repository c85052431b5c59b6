//! The store that esrs ships, by optimistic `load` and by `lock_and_load`.

use super::{Contender, SEEDED, STREAMS, connections, dealt};
use crate::workload::{Balance, Ledger, MakeEntry, Note, entry};
use anyhow::Context;
use async_trait::async_trait;
use esrs::AggregateState;
use esrs::manager::AggregateManager;
use esrs::store::EventStore;
use esrs::store::postgres::{PgStore, PgStoreBuilder};
use measure::cpu::Accounts;
use measure::load::{Client, Measured, closed_loop_on};
use measure::server::Database;
use sqlx_of_peers::PgPool;
use sqlx_of_peers::postgres::PgPoolOptions;
use std::time::Duration;
use uuid::Uuid;

/// Time that a command waits for a connection at most, as `lock_and_load` could for ever for its second one, and that all
/// connections may take to be made.
const PATIENCE: Duration = Duration::from_secs(30);
/// What the server grants one contender.
const MOST_CONNECTIONS: u32 = 512;

/// How a command comes to its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// It is not loaded: one event is appended at the version expected.
    Append,
    /// Loaded; the unique index tells who was first.
    Load,
    /// Loaded under an advisory lock, which holds one connection while the command takes another.
    LockAndLoad,
}

/// `esrs::store::postgres::PgStore`.
pub struct EsrsStore {
    name: &'static str,
    url: String,
    way: Way,
}

impl EsrsStore {
    /// Plain appends.
    pub fn appending(database: &Database) -> Self {
        Self { name: "esrs PgStore", url: database.url().to_owned(), way: Way::Append }
    }

    /// Full cycles by `load`.
    pub fn loading(database: &Database) -> Self {
        Self { name: "esrs PgStore, load", url: database.url().to_owned(), way: Way::Load }
    }

    /// Full cycles by `lock_and_load`, with as many connections as it needs, or as there are.
    pub fn locking(database: &Database) -> Self {
        Self { name: "esrs PgStore, lock_and_load", url: database.url().to_owned(), way: Way::LockAndLoad }
    }

    /// A store with room for so many clients, whose connections are all made.
    pub async fn store(&self, clients: usize) -> anyhow::Result<(PgStore<Ledger>, PgPool)> {
        let most = Contender::connections(self, clients);
        let pool = PgPoolOptions::new().max_connections(most).min_connections(most).test_before_acquire(false);
        let pool = pool.acquire_timeout(PATIENCE).connect(&self.url).await?;
        Ok((PgStoreBuilder::new(pool.clone()).try_build().await?, pool))
    }

    /// Ledgers with their first events.
    pub async fn seeded(&self, streams: usize, events: i32) -> anyhow::Result<Vec<Uuid>> {
        let ids: Vec<Uuid> = (0..streams).map(|_| Uuid::now_v7()).collect();
        let pool = PgPoolOptions::new().max_connections(1).connect(&self.url).await?;
        sqlx_of_peers::query(
            "INSERT INTO ledger_events (id, aggregate_id, payload, occurred_on, sequence_number)
             SELECT gen_random_uuid(), ledger, $3::jsonb, now(), number
             FROM unnest($1) ledger, generate_series(1, $2) number",
        )
        .bind(&ids)
        .bind(events)
        .bind(serde_json::to_value(entry(Note::clear()))?)
        .execute(&pool)
        .await?;
        pool.close().await;
        Ok(ids)
    }
}

#[async_trait]
impl Contender for EsrsStore {
    fn name(&self) -> &'static str {
        self.name
    }

    fn connections(&self, clients: usize) -> u32 {
        match self.way {
            Way::Append | Way::Load => connections(clients),
            Way::LockAndLoad => u32::try_from(2 * clients).unwrap_or(u32::MAX).min(MOST_CONNECTIONS),
        }
    }

    async fn measure(&self, clients: usize, duration: Duration, accounts: Accounts) -> anyhow::Result<Measured> {
        let (store, pool) = self.store(clients).await?;
        let streams = STREAMS.max(clients);
        let measured = if self.way == Way::Append {
            let new = (0..streams).map(|_| AggregateState::with_id(Uuid::now_v7())).collect();
            let appender = |streams| Appender { store: store.clone(), streams, turn: 0 };
            closed_loop_on(accounts, dealt(new, clients).into_iter().map(appender).collect(), duration).await
        } else {
            let ledgers = self.seeded(streams, SEEDED).await?;
            let commander = |ledgers| Commander {
                manager: AggregateManager::new(store.clone()),
                locks: self.way == Way::LockAndLoad,
                ledgers,
                turn: 0,
            };
            closed_loop_on(accounts, dealt(ledgers, clients).into_iter().map(commander).collect(), duration).await
        };
        pool.close().await;
        Ok(measured)
    }
}

struct Appender {
    store: PgStore<Ledger>,
    streams: Vec<AggregateState<Balance>>,
    turn: usize,
}

impl Client for Appender {
    async fn operate(&mut self) -> anyhow::Result<u64> {
        self.turn += 1;
        let turn = self.turn % self.streams.len();
        let state = self.streams.get_mut(turn).context("a client without a stream")?;
        self.store.persist(state, vec![entry(Note::clear())]).await?;
        Ok(1)
    }
}

struct Commander {
    manager: AggregateManager<PgStore<Ledger>>,
    locks: bool,
    ledgers: Vec<Uuid>,
    turn: usize,
}

impl Client for Commander {
    async fn operate(&mut self) -> anyhow::Result<u64> {
        self.turn += 1;
        let ledger = *self.ledgers.get(self.turn % self.ledgers.len()).context("a client without a ledger")?;
        let state = if self.locks {
            #[expect(clippy::disallowed_methods, reason = "this is what it is measured for")]
            let loaded = self.manager.lock_and_load(ledger).await?;
            loaded.unwrap_or_default()
        } else {
            self.manager.load(ledger).await?.context("a ledger without events")?
        };
        self.manager.handle_command(state, MakeEntry { note: Note::clear() }).await??;
        Ok(1)
    }
}
