//! The limits: a plain INSERT of the same bytes, one or thirty-two a commit, without anything that a journal promises.

use super::{Contender, connections};
use crate::workload::{Note, entry};
use async_trait::async_trait;
use measure::cpu::Accounts;
use measure::load::{Client, Measured, closed_loop_on};
use measure::server::Database;
use sqlx::PgPool;
use std::time::Duration;

/// The table that they write to, here and through pgbench.
pub const TABLE: &str = "CREATE TABLE plain (
    stream integer NOT NULL, version bigint GENERATED ALWAYS AS IDENTITY, recorded_at timestamptz NOT NULL DEFAULT now(),
    payload bytea NOT NULL, PRIMARY KEY (stream, version))";

/// Rows in one statement and commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// One.
    One,
    /// Thirty-two.
    ThirtyTwo,
}

/// INSERTs through sqlx.
pub struct Inserts {
    database: Database,
    rows: Rows,
}

impl Inserts {
    /// So many rows a commit.
    pub fn new(database: &Database, rows: Rows) -> Self {
        Self { database: database.clone(), rows }
    }
}

#[async_trait]
impl Contender for Inserts {
    fn name(&self) -> &'static str {
        match self.rows {
            Rows::One => "sqlx, one INSERT a commit",
            Rows::ThirtyTwo => "sqlx, 32-row INSERTs",
        }
    }

    fn connections(&self, clients: usize) -> u32 {
        connections(clients)
    }

    async fn measure(&self, clients: usize, duration: Duration, accounts: Accounts) -> anyhow::Result<Measured> {
        let pool = self.database.connected(connections(clients)).await?;
        let payload = serde_json::to_vec(&entry(Note::clear()))?;
        let inserter =
            |number| Inserter { pool: pool.clone(), rows: self.rows, stream: number, payload: payload.clone() };
        let measured = closed_loop_on(accounts, (0..i32::try_from(clients)?).map(inserter).collect(), duration).await;
        pool.close().await;
        Ok(measured)
    }
}

struct Inserter {
    pool: PgPool,
    rows: Rows,
    stream: i32,
    payload: Vec<u8>,
}

impl Client for Inserter {
    async fn operate(&mut self) -> anyhow::Result<u64> {
        self.stream = (self.stream + 257) % 1_000;
        let statement = match self.rows {
            Rows::One => "INSERT INTO plain (stream, payload) VALUES ($1, $2)",
            Rows::ThirtyTwo => "INSERT INTO plain (stream, payload) SELECT $1 + n, $2 FROM generate_series(1, 32) n",
        };
        let done = sqlx::query(statement).bind(self.stream).bind(&self.payload).execute(&self.pool).await?;
        Ok(done.rows_affected())
    }
}
