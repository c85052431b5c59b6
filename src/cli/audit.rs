//! `intraparis audit`: the history, verified, replayed and questioned.

use super::answer;
use crate::serve::Service;
use chrono::{DateTime, TimeDelta, Utc};
use clap::Subcommand;
use events::account::{AccountEvent, Verdict};
use events::username::LoginName;
use events::{AccountId, DomainEvent, Position, VOCABULARIES};
use futures::TryStreamExt;
use journal::verify::Checkpoint;
use journal::{Reader, Recorded, Selection, StreamId};
use migrations::Role;
use projections::audit::attempts::attempts;
use projections::audit::simulation::{LockPolicy, Locked, Simulation};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use uuid::Uuid;
use vault::{Place, Vault};

/// Verify, replay and question the history.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Read every event and prove that none was altered or left out.
    Verify {
        /// A position whose root was written down before: the history up to it must still have that root.
        #[arg(long, requires = "root")]
        position: Option<Position>,
        /// The root that was written down, in hexadecimal.
        #[arg(long, requires = "position")]
        root: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write the history, of all or of one, as lines of JSON.
    Replay {
        /// Of this account alone; for a name that no account has, of its pseudonym.
        #[arg(long)]
        account: Option<Uuid>,
        /// Of the account with this username, or of the attempts at this name.
        #[arg(long, conflicts_with = "account")]
        name: Option<String>,
        /// After this position.
        #[arg(long, default_value = "0")]
        after: Position,
        /// Of these kinds.
        #[arg(long = "type", value_name = "KIND")]
        types: Vec<String>,
        /// From the last to the first.
        #[arg(long)]
        backwards: bool,
        /// As it was known at this instant (RFC 3339).
        #[arg(long)]
        as_of: Option<DateTime<Utc>>,
    },
    /// Say whom another lockout policy would have locked, when and how often, on the attempts on record.
    Simulate {
        /// Failures that lock.
        #[arg(long)]
        failures: usize,
        /// Seconds within which they count, both ends included.
        #[arg(long)]
        within: i64,
        /// Seconds that a lock holds.
        #[arg(long = "lock-for")]
        lock_for: i64,
        /// Names to look for, one a line: of a name that no account has the journal keeps a keyed hash alone.
        #[arg(long, value_name = "FILE")]
        names: Option<PathBuf>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Audit {
    /// Does it.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn run(self, mut service: Service) -> anyhow::Result<ExitCode> {
        let reader = service.reader(Role::Reader).await?;
        let code = match self {
            Self::Verify { position, root, json } => {
                let checkpoint = match position.zip(root) {
                    Some((position, root)) => Some(Checkpoint { position, root: hash(&root)? }),
                    None => None,
                };
                verify(&reader, checkpoint, json).await?
            }
            Self::Replay { account, name, after, types, backwards, as_of } => {
                let account = match name {
                    Some(name) => Some(account_of(&reader, &service.vault()?, &name).await?),
                    None => account,
                };
                let known = |name: &String| VOCABULARIES.iter().any(|v| v.kinds.iter().any(|(kind, _)| kind == name));
                if let Some(unknown) = types.iter().find(|name| !known(name)) {
                    anyhow::bail!("no kind of event is named {unknown}");
                }
                let direction = if backwards { journal::Direction::Backwards } else { journal::Direction::Forwards };
                replay(&reader, account, Selection { after, names: types, direction, as_of, ..Selection::default() })
                    .await?
            }
            Self::Simulate { failures, within, lock_for, names, json } => {
                let seconds = |number| TimeDelta::try_seconds(number).unwrap_or(TimeDelta::MAX);
                let policy = LockPolicy::new(failures, seconds(within), seconds(lock_for))?;
                let candidates = match names {
                    Some(file) => std::fs::read_to_string(file)?,
                    None => String::new(),
                };
                answer(&simulate(&reader, &service.vault()?, policy, &candidates).await?, json)?;
                ExitCode::SUCCESS
            }
        };
        drop(reader);
        service.close().await?;
        Ok(code)
    }
}

fn hash(text: &str) -> anyhow::Result<journal::merkle::Hash> {
    let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes())?;
    bytes.try_into().map_err(|_| anyhow::anyhow!("a root has 64 hexadecimal digits"))
}

async fn verify(reader: &Reader, checkpoint: Option<Checkpoint>, json: bool) -> anyhow::Result<ExitCode> {
    let verified = reader.verify_against(checkpoint, |_| ()).await?;
    let violations: Vec<String> = verified.violations.iter().map(ToString::to_string).collect();
    let root = data_encoding::HEXLOWER.encode(&verified.root);
    let mut out = io::stdout().lock();
    if json {
        let report = serde_json::json!({
            "events": verified.events, "streams": verified.streams, "root": root, "violations": violations,
        });
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        writeln!(out, "{} events in {} streams, root {root}", verified.events, verified.streams)?;
        violations.iter().try_for_each(|violation| writeln!(out, "violation: {violation}"))?;
        if violations.is_empty() {
            writeln!(out, "nothing was altered, nothing is missing")?;
        }
    }
    Ok(if violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The account that has this username; else the pseudonym under which attempts at the name stand.
async fn account_of(reader: &Reader, vault: &Vault, name: &str) -> anyhow::Result<Uuid> {
    use events::username::UsernameEvent;
    let pseudonym = vault.pseudonym(&LoginName::typed(name)).await?;
    let mut assigned = reader.stream(StreamId::new(UsernameEvent::STREAM, pseudonym), events::Version::NONE);
    Ok(match assigned.try_next().await? {
        Some(event) => {
            let UsernameEvent::UsernameAssigned { account } = event.decode()?;
            account.as_uuid()
        }
        None => pseudonym,
    })
}

async fn replay(reader: &Reader, account: Option<Uuid>, selection: Selection) -> anyhow::Result<ExitCode> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut events = reader.events(selection);
    while let Some(event) = events.try_next().await? {
        if account.is_none_or(|account| event.stream_id == account) {
            serde_json::to_writer(&mut out, &line(&event)?)?;
            writeln!(out)?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn line(event: &Recorded) -> anyhow::Result<serde_json::Value> {
    Ok(serde_json::json!({
        "position": event.position,
        "id": event.id,
        "stream_type": event.stream_type,
        "stream_id": event.stream_id,
        "version": event.version,
        "type": event.name,
        "schema": event.schema,
        "recorded_at": event.recorded_at,
        "occurred_at": event.occurred_at,
        "actor": event.actor_kind,
        "actor_id": event.actor_id,
        "capacity": event.capacity_name,
        "correlation": event.correlation,
        "causation": event.causation,
        "leaf": data_encoding::HEXLOWER.encode(&event.leaf),
        "event": serde_json::from_slice::<serde_json::Value>(&event.payload)?,
    }))
}

/// Whom another policy would have locked.
#[derive(Debug, Serialize)]
pub struct SimulationReport {
    /// How many attempts were on record.
    pub attempts: u64,
    /// Those locked, the most often first.
    pub locked: Vec<LockedName>,
}

/// One account or name, and its locks.
#[derive(Debug, Serialize)]
pub struct LockedName {
    /// The username; of a name that no account has, the name where it is among those looked for.
    pub name: Option<String>,
    /// The account, or the pseudonym of the name.
    pub account: AccountId,
    /// Whether an account has the name.
    pub exists: bool,
    /// How often it would have been locked.
    pub times: usize,
    /// Each time.
    pub locked_at: Vec<DateTime<Utc>>,
    /// How many periods of lock follow, one that is reached again during a lock not counted.
    pub periods: usize,
}

impl fmt::Display for SimulationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} attempts; {} names would have been locked", self.attempts, self.locked.len())?;
        for locked in &self.locked {
            let unknown = || format!("unknown name {}", locked.account);
            let name = locked.name.clone().unwrap_or_else(unknown);
            write!(f, "{name:<44} {:>5} times", locked.times)?;
            if let (Some(first), Some(last)) = (locked.locked_at.first(), locked.locked_at.last()) {
                write!(f, ", from {first} to {last}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// Names that systems, not people, are known by: enough to tell what a scan of the network was after.
const COMMON_NAMES: &str = include_str!("common_names.txt");

/// Replays every attempt on record under `policy`.
///
/// # Errors
/// When the history or the vault cannot be read.
pub async fn simulate(
    reader: &Reader,
    vault: &Vault,
    policy: LockPolicy,
    candidates: &str,
) -> anyhow::Result<SimulationReport> {
    let mut simulation = Simulation::new(policy);
    let mut count = 0;
    let mut history = attempts(reader, None);
    while let Some(attempt) = history.try_next().await? {
        let verdict = if attempt.succeeded { Verdict::Accepted } else { Verdict::Failed };
        simulation.observe(&attempt.who, attempt.at, verdict);
        count += 1;
    }
    let mut names = BTreeMap::new();
    for name in COMMON_NAMES.lines().chain(candidates.lines()) {
        for spelling in [LoginName::verbatim(name), LoginName::typed(name)] {
            names.insert(vault.pseudonym(&spelling).await?, name.to_owned());
        }
    }
    let mut locked = Vec::new();
    for (account, Locked { reached, locks }) in simulation.finish() {
        let username = username(reader, vault, account).await?;
        let exists = username.is_some();
        locked.push(LockedName {
            name: username.or_else(|| names.get(&account.as_uuid()).cloned()),
            account,
            exists,
            times: reached.len(),
            locked_at: reached,
            periods: locks.len(),
        });
    }
    locked.sort_by_key(|locked| std::cmp::Reverse(locked.times));
    Ok(SimulationReport { attempts: count, locked })
}

/// The username of an account; none for a name that no account has, or once it is erased.
async fn username(reader: &Reader, vault: &Vault, account: AccountId) -> anyhow::Result<Option<String>> {
    let first = reader.stream(StreamId::new(AccountEvent::STREAM, account), events::Version::NONE).try_next().await?;
    let Some(event) = first else { return Ok(None) };
    if !event.name.eq("AccountProvisioned") {
        return Ok(None);
    }
    let AccountEvent::AccountProvisioned { username, .. } = event.decode()? else { return Ok(None) };
    let place =
        Place { stream: AccountEvent::STREAM, id: account.as_uuid(), field: "username", fact: account.as_uuid() };
    Ok(vault.open(&place, &username).await?.clear())
}
