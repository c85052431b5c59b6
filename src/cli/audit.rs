//! `intraparis audit`: the history, verified, replayed and questioned.

use super::answer;
use super::answered::{answerable, username};
use super::named::somebody_of;
use super::said::{parsed, said};
use crate::serve::Service;
use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use clap::Subcommand;
use commands::Execution;
use commands::audit::{AuditReading, DeclareReading};
use events::account::Role;
use events::audit::TrailFilter;
use events::username::Username;
use events::{AccountId, Actor, Capacity, Clock, Metadata, Position, ReadingId, VOCABULARIES};
use futures::TryStreamExt;
use journal::verify::Checkpoint;
use journal::{Reader, Recorded, Selection};
use migrations::Role as DatabaseRole;
use projections::audit::attempts;
use projections::audit::simulation::LockPolicy;
use read_api::audit::what_if::simulate;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use uuid::Uuid;
use web::Text;
use write_api::account::may_log_in;

/// Verify, replay and question the history.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Read every event and prove that none was altered or left out.
    Verify {
        /// A position whose root was written down before: the history up to it must still have that root.
        #[arg(long, requires = "root", allow_negative_numbers = true, value_parser = parsed::<Position>)]
        position: Option<Position>,
        /// The root that was written down, in hexadecimal.
        #[arg(long, requires = "position")]
        root: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write the history, of all or of one, as lines of JSON. That it was read is on record first.
    Replay {
        /// The username of the auditor who reads; without it the operator reads, on the record as himself.
        #[arg(long = "as", value_name = "USERNAME", value_parser = username)]
        auditor: Option<Username>,
        /// Of this account alone; for a name that no account has, of its pseudonym.
        #[arg(long)]
        account: Option<Uuid>,
        /// Of the account with this username, or of the attempts at this name.
        #[arg(long, conflicts_with = "account")]
        name: Option<String>,
        /// After this position.
        #[arg(long, default_value = "0", allow_negative_numbers = true, value_parser = parsed::<Position>)]
        after: Position,
        /// Of these kinds.
        #[arg(long = "type", value_name = "KIND")]
        types: Vec<String>,
        /// From the last to the first.
        #[arg(long)]
        backwards: bool,
        /// As it was known at this instant (RFC 3339).
        #[arg(long, value_parser = instant)]
        as_of: Option<DateTime<Utc>>,
    },
    /// Say whom another lockout policy would have locked, when and how often, on the attempts on record. That they were
    /// read is on record first.
    Simulate {
        /// The username of the auditor who reads; without it the operator reads, on the record as himself.
        #[arg(long = "as", value_name = "USERNAME", value_parser = username)]
        auditor: Option<Username>,
        /// Failures that lock.
        #[arg(long, allow_negative_numbers = true)]
        failures: usize,
        /// Seconds within which they count, both ends included.
        #[arg(long, allow_negative_numbers = true)]
        within: i64,
        /// Seconds that a lock holds.
        #[arg(long = "lock-for", allow_negative_numbers = true)]
        lock_for: i64,
        /// Names to look for, one a line: of a name that no account has the journal keeps a keyed hash alone.
        #[arg(long, value_name = "FILE")]
        names: Option<PathBuf>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    let form = Text::new(
        "un instant s’écrit selon la RFC 3339, tel que 2026-05-01T08:00:00Z",
        "an instant is written as RFC 3339 says, such as 2026-05-01T08:00:00Z",
    );
    text.parse().map_err(|_| form.to_string())
}

impl Audit {
    /// Does it.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn run(self, service: &mut Service) -> anyhow::Result<ExitCode> {
        let code = match self {
            Self::Verify { position, root, json } => {
                let reader = service.reader(DatabaseRole::Reader).await?;
                let checkpoint = match position.zip(root) {
                    Some((position, root)) => Some(Checkpoint { position, root: hash(&root)? }),
                    None => None,
                };
                verify(&reader, checkpoint, json).await?
            }
            Self::Replay { auditor, account, name, after, types, backwards, as_of } => {
                let reader = service.reader(DatabaseRole::Reader).await?;
                let account = match name {
                    Some(name) => Some(somebody_of(&reader, &service.vault().await?, &name).await?),
                    None => account,
                };
                let known = |name: &String| VOCABULARIES.iter().any(|v| v.kinds.iter().any(|(kind, _)| kind == name));
                if let Some(unknown) = types.iter().find(|name| !known(name)) {
                    anyhow::bail!(Text::made(
                        format!("aucun genre d’événement ne s’appelle {unknown}"),
                        format!("no kind of event is named {unknown}"),
                    ));
                }
                let agent = account.map(AccountId::from_uuid);
                declare(
                    service,
                    auditor.as_ref(),
                    TrailFilter { agent, types: types.clone(), ..TrailFilter::default() },
                )
                .await?;
                let direction = if backwards { journal::Direction::Backwards } else { journal::Direction::Forwards };
                replay(
                    &reader,
                    Selection { after, names: types, direction, as_of, stream_id: account, ..Selection::default() },
                )
                .await?
            }
            Self::Simulate { auditor, failures, within, lock_for, names, json } => {
                let seconds = |number| TimeDelta::try_seconds(number).unwrap_or(TimeDelta::MAX);
                let policy = LockPolicy::new(failures, seconds(within), seconds(lock_for))?;
                let candidates = match names {
                    Some(file) => std::fs::read_to_string(&file).with_context(|| file.display().to_string())?,
                    None => String::new(),
                };
                let types = attempts::KINDS.map(str::to_owned).to_vec();
                declare(service, auditor.as_ref(), TrailFilter { types, ..TrailFilter::default() }).await?;
                let reader = service.reader(DatabaseRole::Reader).await?;
                answer(&simulate(&reader, &service.vault().await?, policy, &candidates).await?, json)?;
                ExitCode::SUCCESS
            }
        };
        Ok(code)
    }
}

/// What is said of a history that holds.
pub const INTACT: Text = Text::new("rien n’a été altéré, rien ne manque", "nothing was altered, nothing is missing");

/// Declares a reading of the trail, as `POST /v1/audit-readings` does: reading it is itself an entry of it. Whoever runs
/// the command line holds the database and its keys, so that he may read as himself; in an auditor's name, only where that
/// auditor could.
async fn declare(service: &mut Service, auditor: Option<&Username>, filter: TrailFilter) -> anyhow::Result<()> {
    let api = service.write_api().await?;
    let actor = match auditor {
        Some(username) => {
            let auditor = answerable(&api, username, Role::Auditor).await?;
            may_log_in(&api, auditor).await?;
            Actor::Account(auditor)
        }
        None => Actor::Service,
    };
    let metadata = Metadata::new(actor, Capacity::Operator, Clock::system().now());
    let reading = ReadingId::new();
    Execution::<AuditReading>::new(api.journal(), metadata)
        .on(reading, DeclareReading { reading, filter, motive: None }.into())
        .await?;
    Ok(())
}

fn hash(text: &str) -> anyhow::Result<journal::merkle::Hash> {
    let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok();
    let expected = Text::new("une racine a 64 chiffres hexadécimaux", "a root has 64 hexadecimal digits");
    bytes.and_then(|bytes| bytes.try_into().ok()).context(expected)
}

async fn verify(reader: &Reader, checkpoint: Option<Checkpoint>, json: bool) -> anyhow::Result<ExitCode> {
    let verified = reader.verify_against(checkpoint, |_| ()).await?;
    let root = data_encoding::HEXLOWER.encode(&verified.root);
    let violations = &verified.violations;
    let mut out = io::stdout().lock();
    if json {
        let violations: Vec<String> = violations.iter().map(ToString::to_string).collect();
        let report = serde_json::json!({
            "events": verified.events, "streams": verified.streams, "root": root, "violations": violations,
        });
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        let read = Text::counted(verified.events, ["événement", "événements"], ["event", "events"]).and(Text::counted(
            verified.streams,
            ["flux", "flux"],
            ["stream", "streams"],
        ));
        writeln!(out, "{read}\n{} : {root}", Text::new("racine", "root"))?;
        let wrong = Text::new("anomalie", "violation");
        violations.iter().try_for_each(|violation| writeln!(out, "{wrong} : {}", said(violation)))?;
        if violations.is_empty() {
            writeln!(out, "{INTACT}")?;
        }
    }
    Ok(if violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn replay(reader: &Reader, selection: Selection) -> anyhow::Result<ExitCode> {
    let mut out = io::BufWriter::new(io::stdout());
    let mut events = reader.events(selection);
    while let Some(event) = events.try_next().await? {
        serde_json::to_writer(&mut out, &line(&event)?)?;
        writeln!(out)?;
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
