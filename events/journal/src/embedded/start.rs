//! From a locked data directory to a server that answers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use super::binaries::Binaries;
use super::config::Config;
use super::data_directory::DataDirectory;
use super::error::{EmbeddedError, on};
use super::held::Held;
use super::initdb;
use super::launch;
use super::patience::Patience;
use super::pid_file::{PidFile, clear_stale};
use super::postmaster::{Ended, Postmaster};
use super::riders::Riders;
use super::settings;

/// PostgreSQL's words when processes of a server that was killed are still ending.
const STILL_IN_USE: &str = "is still in use";

/// PostgreSQL's words when what follows stands in its log.
const LOG_IS_OPEN: &str = "redirecting log output";

/// How much of the log's end goes into an error, in lines.
const LOG_LINES: usize = 10;

/// A server that this program has started and that answers.
pub(super) struct Started {
    pub(super) postmaster: Postmaster,
    pub(super) socket_directory: PathBuf,
    pub(super) riders: Riders,
}

/// Starts the server of `directory`, making its cluster first where there is none.
pub(super) async fn start_owned(
    config: &Config,
    directory: &DataDirectory,
    held: Held,
    patience: &mut Patience,
) -> Result<Started, EmbeddedError> {
    let held = Arc::new(held);
    Riders::expel(directory)?;
    let binaries = prepare_cluster(config, directory, Arc::clone(&held)).await?;
    wait_for_orphan(directory, patience).await?;
    let socket_directory = directory.socket_directory()?;
    if !socket_directory.starts_with(directory.root()) {
        held.with_socket(socket_directory.clone());
    }
    clear_stale(directory, &socket_directory)?;
    directory.make_for_server(&directory.logs())?;
    let riders = Riders::admit(directory)?;
    loop {
        let program = binaries.program("postgres");
        let mut command = launch::command(&program, directory.user());
        command.arg("-D").arg(directory.cluster()).args(settings::arguments(config, &socket_directory));
        let postmaster = spawn(&program, command, &held).await?;
        match wait_until_ready(&postmaster, directory, patience).await? {
            Outcome::Ready => return Ok(Started { postmaster, socket_directory, riders }),
            Outcome::Ended(ended) if ended.output.contains(STILL_IN_USE) && patience.another_look().await => {}
            Outcome::Ended(ended) => return Err(start_error(directory, &ended)),
            Outcome::Impatient => return Err(not_ready(config, directory)),
        }
    }
}

async fn spawn(program: &Path, command: Command, held: &Arc<Held>) -> Result<Postmaster, EmbeddedError> {
    Postmaster::spawn(command, Arc::clone(held)).await.map_err(on("run", program))
}

/// Finds the programs and makes the cluster, away from the async threads; the lock goes along, for this runs to its end
/// even when the start is given up meanwhile.
async fn prepare_cluster(
    config: &Config,
    directory: &DataDirectory,
    held: Arc<Held>,
) -> Result<Binaries, EmbeddedError> {
    let (config, owned) = (config.clone(), directory.clone());
    let work = move || {
        let _held = held;
        let cluster = owned.cluster();
        let binaries = Binaries::find(config.postgres_bin.as_deref(), &cluster)?;
        let programs = fs::canonicalize(&binaries.directory).map_err(on("resolve", &binaries.directory))?;
        owned.user().must_reach(&programs, &programs)?;
        if !cluster.exists() {
            initdb::make_cluster(&owned, &binaries, config.durability)?;
        }
        Ok(binaries)
    };
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| on("prepare", directory.root())(std::io::Error::other(error)))?
}

/// A server whose program was killed is about to stop by itself; one that does not is not ours to stop.
async fn wait_for_orphan(directory: &DataDirectory, patience: &mut Patience) -> Result<(), EmbeddedError> {
    while let Some(orphan) = PidFile::of_live_server(&directory.cluster())? {
        if !patience.another_look().await {
            let path = directory.root().to_owned();
            return Err(EmbeddedError::Orphan { pid: orphan.pid.as_raw_pid(), path });
        }
    }
    Ok(())
}

enum Outcome {
    Ready,
    Ended(Ended),
    Impatient,
}

async fn wait_until_ready(
    postmaster: &Postmaster,
    directory: &DataDirectory,
    patience: &mut Patience,
) -> Result<Outcome, EmbeddedError> {
    let ended = postmaster.ended();
    loop {
        if let Some(ended) = ended.borrow().clone() {
            return Ok(Outcome::Ended(ended));
        }
        let file = PidFile::read(&directory.cluster())?;
        if file.is_some_and(|file| file.ready && file.pid == postmaster.pid()) {
            return Ok(Outcome::Ready);
        }
        if !patience.another_look().await {
            return Ok(Outcome::Impatient);
        }
    }
}

pub(super) fn not_ready(config: &Config, directory: &DataDirectory) -> EmbeddedError {
    let (path, logs) = (directory.root().to_owned(), directory.logs());
    EmbeddedError::NotReady { path, logs, waited: config.start_timeout }
}

fn start_error(directory: &DataDirectory, ended: &Ended) -> EmbeddedError {
    let (path, logs) = (directory.root().to_owned(), directory.logs());
    let log = if ended.output.contains(LOG_IS_OPEN) { end_of_log(&logs) } else { String::new() };
    let output = format!("{}\n{log}", ended.output);
    EmbeddedError::Start { path, logs, status: ended.status.to_string(), output: output.trim().to_owned() }
}

/// The last lines of the log that was written last.
fn end_of_log(logs: &Path) -> String {
    let entries = fs::read_dir(logs).into_iter().flatten().flatten();
    let newest = entries.max_by_key(|entry| entry.metadata().and_then(|metadata| metadata.modified()).ok());
    let text = newest.and_then(|entry| fs::read(entry.path()).ok()).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().rev().take(LOG_LINES).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}
