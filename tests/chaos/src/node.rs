//! One process of the program, with its wire to PostgreSQL and its clock.

use crate::clock::{self, Clock};
use crate::plan::NODES;
use crate::postgres::Postgres;
use crate::process::{Process, Said};
use crate::proxy::Proxy;
use anyhow::Context;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::process::Command;
use tokio::sync::watch;
use tokio::time::timeout;

/// The settings of every process: patience that fits rounds of seconds, and sessions that no clock jump ends.
const SETTINGS: [(&str, &str); 17] = [
    ("SERVER__LISTEN", "127.0.0.1:0"),
    ("SERVER__OPERATIONS", "127.0.0.1:0"),
    ("VAULT__MASTER_KEY", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
    ("DATABASE__CONNECTIONS", "6"),
    ("TELEMETRY__LOG", "info,sqlx=warn"),
    ("JOURNAL__PATIENCE", "2000"),
    ("JOURNAL__CACHED_STATES", "50"),
    ("PROJECTIONS__LEASE_MS", "800"),
    ("PROJECTIONS__BATCH", "16"),
    ("WEB__REQUEST_TIMEOUT_MS", "4000"),
    ("WEB__RATE_LIMITS__SOURCE__PER_SECOND", "100000"),
    ("WEB__RATE_LIMITS__SOURCE__BURST", "100000"),
    ("WRITE_API__FAILURE_FLOOR_MS", "0"),
    ("WRITE_API__SLOT_PATIENCE_MS", "500"),
    ("WRITE_API__SLOT_S", "3"),
    ("WRITE_API__SESSION_IDLE_S", "1000000000"),
    ("WRITE_API__SESSION_ABSOLUTE_S", "1000000000"),
];

/// Sessions are looked up on the read side under its own setting.
const READ_SETTINGS: [(&str, &str); 1] = [("READ_API__SESSION_WATCH_MS", "1000")];

/// The environment of the program on a database.
fn environment(url: &str) -> Vec<(String, String)> {
    let settings = SETTINGS.iter().chain(&READ_SETTINGS);
    let named = settings.map(|(name, value)| (format!("INTRAPARIS_{name}"), (*value).to_owned()));
    named.chain([("DATABASE_URL".to_owned(), url.to_owned())]).collect()
}

/// A command of an operator's on a database, which ends with whoever waits for it.
pub(crate) fn command(program: &Path, postgres: &Postgres, database: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).envs(environment(&postgres.url(postgres.address, database)));
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// A running role.
#[derive(Debug)]
pub(crate) struct Running {
    /// The process.
    pub(crate) process: Process,
    /// Its wire to PostgreSQL.
    pub(crate) wire: Proxy,
    /// Its clock, where libfaketime is installed.
    pub(crate) clock: Option<Clock>,
    /// Where it answers, once it is ready and while it runs.
    pub(crate) door: watch::Receiver<Door>,
    /// What it said, to be shown when the round fails.
    pub(crate) log: Arc<Mutex<Vec<String>>>,
}

/// Whether a process takes requests, and where; a projector takes none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// Not ready.
    Closed,
    /// Ready.
    Open(Option<SocketAddr>),
}

impl Running {
    /// Starts the role of `NODES[index]` on a database.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub(crate) async fn start(
        program: &Path,
        postgres: &Postgres,
        database: &str,
        index: usize,
        clocks: &Path,
    ) -> anyhow::Result<Self> {
        let role = NODES.get(index).copied().unwrap_or("up");
        let wire = Proxy::to(postgres.address).await?;
        let clock = clock::library().map(|library| Clock::new(&library, clocks, &index.to_string())).transpose()?;
        let mut environment: Vec<(std::ffi::OsString, std::ffi::OsString)> =
            environment(&postgres.url(wire.address, database)).into_iter().map(|(n, v)| (n.into(), v.into())).collect();
        environment.extend(clock.iter().flat_map(Clock::environment).map(|(name, value)| (name.into(), value)));
        let program: PathBuf = program.to_owned();
        let command = move || {
            let mut command = Command::new(&program);
            command.arg(role).envs(environment.iter().cloned());
            command
        };
        let (tell, door) = watch::channel(Door::Closed);
        let log = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&log);
        let process = Process::keep(command, move |said| match said {
            Said::Started => {
                tell.send_replace(Door::Closed);
            }
            Said::Line(line) => {
                if let Some(open) = ready(&line) {
                    tell.send_replace(open);
                }
                if let Ok(mut kept) = kept.lock() {
                    kept.push(line);
                }
            }
        })?;
        Ok(Self { process, wire, clock, door, log })
    }

    /// Waits until it is ready.
    ///
    /// # Errors
    /// When it is not in time.
    pub(crate) async fn ready(&self, within: Duration) -> anyhow::Result<Option<SocketAddr>> {
        let mut door = self.door.clone();
        let open = timeout(within, door.wait_for(|door| *door != Door::Closed)).await;
        match *open.context("a process is not ready in time")?? {
            Door::Open(address) => Ok(address),
            Door::Closed => Ok(None),
        }
    }
}

/// What the line says of the doors, if it is the one that says that all is ready.
fn ready(line: &str) -> Option<Door> {
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    (line.get("message")? == "ready")
        .then(|| Door::Open(line.get("server.address").and_then(|address| address.as_str()?.parse().ok())))
}
