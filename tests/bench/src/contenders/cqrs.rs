//! cqrs-es with postgres-es.

use super::{Contender, SEEDED, STREAMS, connections, dealt};
use crate::workload::{Balance, LedgerEvent, MakeEntry, Note, entry};
use anyhow::Context;
use async_trait::async_trait;
use cqrs_es::persist::{PersistedEventRepository, SerializedEvent};
use events::DomainEvent;
use measure::cpu::Accounts;
use measure::load::{Client, Measured, closed_loop_on};
use measure::server::Database;
use postgres_es::{PostgresCqrs, PostgresEventRepository, postgres_cqrs};
use serde_json::{Value, json};
use sqlx_of_peers::PgPool;
use sqlx_of_peers::postgres::PgPoolOptions;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// The table that its repository writes to, as its documentation declares it.
pub const TABLE: &str = "CREATE TABLE events (
    aggregate_type text NOT NULL, aggregate_id text NOT NULL, sequence bigint CHECK (sequence >= 0) NOT NULL,
    event_type text NOT NULL, event_version text NOT NULL, payload json NOT NULL, metadata json NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id, sequence))";

/// Plain appends through its repository, or full cycles through its framework.
pub struct CqrsEs {
    url: String,
    cycles: bool,
}

impl CqrsEs {
    /// Plain appends.
    pub fn appending(database: &Database) -> Self {
        Self { url: database.url().to_owned(), cycles: false }
    }

    /// Full cycles.
    pub fn commanding(database: &Database) -> Self {
        Self { url: database.url().to_owned(), cycles: true }
    }

    /// A pool with room for so many clients, whose connections are all made.
    pub async fn pool(&self, clients: usize) -> anyhow::Result<PgPool> {
        let most = connections(clients);
        let pool = PgPoolOptions::new().max_connections(most).min_connections(most).test_before_acquire(false);
        Ok(pool.connect(&self.url).await?)
    }

    /// Ledgers with their first events.
    pub async fn seeded(&self, pool: &PgPool, streams: usize, events: i32) -> anyhow::Result<Vec<String>> {
        let ids: Vec<String> = (0..streams).map(|_| Uuid::now_v7().to_string()).collect();
        sqlx_of_peers::query(
            "INSERT INTO events SELECT $4, ledger, number, 'EntryMade', '1', $3::json, '{}'
             FROM unnest($1) ledger, generate_series(1, $2) number",
        )
        .bind(&ids)
        .bind(events)
        .bind(serde_json::to_value(entry(Note::clear()))?)
        .bind(LedgerEvent::STREAM)
        .execute(pool)
        .await?;
        Ok(ids)
    }
}

#[async_trait]
impl Contender for CqrsEs {
    fn name(&self) -> &'static str {
        "cqrs-es, postgres-es"
    }

    fn connections(&self, clients: usize) -> u32 {
        connections(clients)
    }

    async fn measure(&self, clients: usize, duration: Duration, accounts: Accounts) -> anyhow::Result<Measured> {
        let pool = self.pool(clients).await?;
        let streams = STREAMS.max(clients);
        let measured = if self.cycles {
            let ledgers = self.seeded(&pool, streams, SEEDED).await?;
            let framework = Arc::new(postgres_cqrs::<Balance>(pool.clone(), Vec::new(), ()));
            let commander = |ledgers| Commander { framework: Arc::clone(&framework), ledgers, turn: 0 };
            closed_loop_on(accounts, dealt(ledgers, clients).into_iter().map(commander).collect(), duration).await
        } else {
            let repository = Arc::new(PostgresEventRepository::new(pool.clone()));
            let new = (0..streams).map(|_| (Uuid::now_v7().to_string(), 0)).collect();
            let appender = |streams| Appender { repository: Arc::clone(&repository), streams, turn: 0 };
            closed_loop_on(accounts, dealt(new, clients).into_iter().map(appender).collect(), duration).await
        };
        pool.close().await;
        Ok(measured)
    }
}

struct Appender {
    repository: Arc<PostgresEventRepository>,
    streams: Vec<(String, usize)>,
    turn: usize,
}

impl Client for Appender {
    async fn operate(&mut self) -> anyhow::Result<u64> {
        self.turn += 1;
        let turn = self.turn % self.streams.len();
        let (stream, version) = self.streams.get_mut(turn).context("a client without a stream")?;
        let event = SerializedEvent::new(
            stream.clone(),
            *version + 1,
            LedgerEvent::STREAM.to_owned(),
            "EntryMade".to_owned(),
            "1".to_owned(),
            serde_json::to_value(entry(Note::clear()))?,
            json!({}),
        );
        self.repository.persist::<Balance>(&[event], None::<(String, Value, usize)>).await?;
        *version += 1;
        Ok(1)
    }
}

struct Commander {
    framework: Arc<PostgresCqrs<Balance>>,
    ledgers: Vec<String>,
    turn: usize,
}

impl Client for Commander {
    async fn operate(&mut self) -> anyhow::Result<u64> {
        self.turn += 1;
        let ledger = self.ledgers.get(self.turn % self.ledgers.len()).context("a client without a ledger")?;
        self.framework.execute(ledger, MakeEntry { note: Note::clear() }).await?;
        Ok(1)
    }
}
