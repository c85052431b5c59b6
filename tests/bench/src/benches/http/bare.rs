//! What the parts of the service cost alone: Argon2id on every core, and the same rows through axum and sqlx.

use super::PAGE;
use anyhow::Context;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use measure::load::Measured;
use measure::server::Database;
use migrations::Role;
use reqwest::{Method, Request};
use serde::Serialize;
use serde_json::Value;
use sqlx::{FromRow, PgPool};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use uuid::Uuid;

/// The parameters of the service: OWASP's for Argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const OUTPUT_BYTES: usize = 32;
/// Connections of the bare server's pool, as many as the service's.
const CONNECTIONS: u32 = 16;

/// Hashes on every core, each in memory of its own that is kept.
pub async fn argon2id(duration: Duration) -> anyhow::Result<Measured> {
    let cores = std::thread::available_parallelism()?.get();
    let hashing: Vec<_> = (0..cores).map(|_| tokio::task::spawn_blocking(move || hash_until(duration))).collect();
    let mut all = Measured { elapsed: duration, ..Measured::default() };
    for hashed in hashing {
        all.join(hashed.await??);
    }
    all.micros.sort_unstable();
    Ok(all)
}

fn hash_until(duration: Duration) -> anyhow::Result<Measured> {
    let params =
        Params::new(MEMORY_KIB, PASSES, LANES, Some(OUTPUT_BYTES)).map_err(|error| anyhow::anyhow!("{error}"))?;
    let mut memory = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let (started, mut measured) = (Instant::now(), Measured::default());
    while started.elapsed() < duration {
        let begun = Instant::now();
        let mut output = [0; OUTPUT_BYTES];
        argon2
            .hash_password_into_with_memory(b"Un Cheval de Bataille", &[7; 16], &mut output, &mut memory)
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        measured.events += 1;
        measured.micros.push(u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    Ok(measured)
}

/// axum and sqlx without anything else, in a process of its own.
pub struct BareServer {
    child: Child,
    address: String,
}

impl BareServer {
    const COMMAND: &'static str = "--as-bare-server";

    /// Starts it, to show this account.
    pub async fn start(database: &Database, account: &str) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args([Self::COMMAND, account])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        child.stdin.take().context("no standard input")?.write_all(database.url().as_bytes()).await?;
        let mut lines = BufReader::new(child.stdout.take().context("no standard output")?).lines();
        let address = lines.next_line().await?.context("the bare server has ended")?;
        Ok(Self { child, address })
    }

    /// A request.
    pub fn get(&self, path: &str) -> anyhow::Result<Request> {
        Ok(Request::new(Method::GET, format!("http://{}{path}", self.address).parse()?))
    }

    /// Ends it.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }
}

/// What a bare server is told on its command line.
pub struct Bare {
    account: Uuid,
}

#[derive(Clone)]
struct Rows {
    pool: PgPool,
    account: Uuid,
}

impl Bare {
    /// What this process is told, if it is the bare server of another's.
    pub fn from_command_line() -> Option<Self> {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let [command, account] = arguments.as_slice() else { return None };
        (command == BareServer::COMMAND).then_some(Self { account: account.parse().ok()? })
    }

    /// Serves until it is killed; says where on the standard output.
    pub async fn run(self) -> anyhow::Result<()> {
        let url = std::io::read_to_string(std::io::stdin())?;
        let pool = Database::at(&url)?.connected_as(Role::Reader, CONNECTIONS).await?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        let router = Router::new().route("/me", get(me)).route("/entries", get(entries));
        Ok(axum::serve(listener, router.with_state(Rows { pool, account: self.account })).await?)
    }
}

/// A row of the accounts overview.
#[derive(FromRow, Serialize)]
struct Account {
    account: Uuid,
    username: Value,
    given_name: Value,
    family_name: Value,
    staff_number: Option<Value>,
    roles: Vec<String>,
    personal_password: bool,
    credential: Uuid,
    credential_since: DateTime<Utc>,
    failures: i16,
    last_login: Option<DateTime<Utc>>,
    suspended_since: Option<DateTime<Utc>>,
    provisioned_at: DateTime<Utc>,
    position: i64,
    status: String,
}

/// A row of the audit trail.
#[derive(FromRow, Serialize)]
struct Entry {
    position: i64,
    event: Uuid,
    recorded_at: DateTime<Utc>,
    occurred_at: DateTime<Utc>,
    stream_type: String,
    agent: Option<Uuid>,
    known: bool,
    actor: String,
    actor_id: Option<Uuid>,
    capacity: String,
    r#type: String,
    outcome: String,
    reason: Option<String>,
    detail: Option<String>,
    motive: Option<Value>,
    channel: Option<String>,
    source_address: Option<Value>,
    source_tag: Option<Vec<u8>>,
    attempt: Option<Uuid>,
    correlation: Uuid,
    causation: Option<Uuid>,
}

async fn me(State(Rows { pool, account }): State<Rows>) -> Result<Json<Account>, StatusCode> {
    sqlx::query_as("SELECT * FROM projections.accounts_v1 WHERE account = $1")
        .bind(account)
        .fetch_one(&pool)
        .await
        .map(Json)
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

async fn entries(State(Rows { pool, .. }): State<Rows>) -> Result<Json<Vec<Entry>>, StatusCode> {
    sqlx::query_as("SELECT * FROM projections.audit_trail_v1 ORDER BY position DESC LIMIT $1")
        .bind(PAGE)
        .fetch_all(&pool)
        .await
        .map(Json)
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}
