//! The service as its users start it: the program beside this one.

use anyhow::{Context, ensure};
use measure::server::Database;
use reqwest::{Client, RequestBuilder};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;
use uuid::Uuid;

/// How long a start or an end may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Far above what is measured here.
const RATE: &str = "1000000";

/// Where the service answers.
#[derive(Clone, Debug)]
pub struct Api {
    client: Client,
    address: String,
}

impl Api {
    /// A query.
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.address))
    }

    /// A command, under an idempotency key of its own.
    pub fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        let key = Uuid::new_v4().to_string();
        self.client.post(format!("{}{path}", self.address)).header("Idempotency-Key", key).json(body)
    }
}

/// The service in one process.
pub struct Service {
    child: Child,
    api: Api,
    database: Database,
    master_key: String,
    /// What asks it.
    pub client: Client,
}

impl Service {
    /// Starts it and waits until it is ready.
    pub async fn start(database: &Database) -> anyhow::Result<Self> {
        let master_key = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let mut program = program(database, &master_key)?;
        let mut child = program.arg("up").stderr(Stdio::piped()).kill_on_drop(true).spawn()?;
        let mut lines = BufReader::new(child.stderr.take().context("a service without a log")?).lines();
        let ready = async {
            while let Some(line) = lines.next_line().await? {
                match serde_json::from_str::<Value>(&line) {
                    Ok(said) if said.get("message").is_some_and(|message| message == "ready") => return Ok(said),
                    _ => {}
                }
            }
            anyhow::bail!("the service ended before it was ready")
        };
        let ready = timeout(PATIENCE, ready).await.context("the service does not get ready")??;
        let address = format!("http://{}", ready.get("server.address").and_then(Value::as_str).context("no address")?);
        // Its log is read on, or it would wait for us.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let client = Client::builder().no_proxy().build()?;
        let api = Api { client: client.clone(), address };
        Ok(Self { child, api, database: database.clone(), master_key, client })
    }

    /// Where it answers.
    pub fn clone_client(&self) -> Api {
        self.api.clone()
    }

    /// A query.
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.api.get(path)
    }

    /// A command.
    pub fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.api.post(path, body)
    }

    /// What a command of the program says in JSON.
    pub async fn command(&self, arguments: &[&str]) -> anyhow::Result<Value> {
        let output = program(&self.database, &self.master_key)?.args(arguments).output().await?;
        ensure!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// Its resident memory.
    pub fn memory_mib(&self) -> anyhow::Result<f64> {
        let process = self.child.id().context("the service has ended")?;
        let status = fs::read_to_string(format!("/proc/{process}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kilobytes / 1024.0)
    }

    /// Asks it to end and waits until it has.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let process =
            self.child.id().and_then(|id| Pid::from_raw(id.cast_signed())).context("the service has ended")?;
        kill_process(process, Signal::TERM)?;
        timeout(PATIENCE, self.child.wait()).await.context("the service does not end")??;
        Ok(())
    }
}

fn program(database: &Database, master_key: &str) -> anyhow::Result<Command> {
    let path: PathBuf = std::env::current_exe()?.with_file_name("intraparis");
    ensure!(path.exists(), "{} is missing: run ./intraparis bench, which builds it", path.display());
    let mut program = Command::new(path);
    program
        .env("DATABASE_URL", database.url())
        .env("INTRAPARIS_VAULT__MASTER_KEY", master_key)
        .env("INTRAPARIS_SERVER__LISTEN", "127.0.0.1:0")
        .env("INTRAPARIS_SERVER__OPERATIONS", "127.0.0.1:0")
        .env("INTRAPARIS_WEB__RATE_LIMITS__SOURCE__PER_SECOND", RATE)
        .env("INTRAPARIS_WEB__RATE_LIMITS__SOURCE__BURST", RATE)
        .env("INTRAPARIS_WEB__CONCURRENT_REQUESTS", "2000")
        .stdin(Stdio::null());
    Ok(program)
}
