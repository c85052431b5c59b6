//! `intraparis demo`: the main job on real input, on a database that is gone afterwards.

mod leave;

use crate::cli::INTACT;
use crate::cli::accounts::open;
use crate::config::{Config, LogFormat};
use crate::database::Database;
use crate::serve::{Addresses, Listeners, Roles, Service};
use crate::shutdown;
use anyhow::Context;
use chrono::{TimeDelta, Utc};
use clap::Args;
use events::account::{AccountEvent, Role};
use events::username::LoginName;
use events::{AccountId, Actor, Capacity, Clock, DomainEvent, Metadata};
use futures::TryStreamExt;
use journal::{Reader, Selection};
use migrations::Role as DatabaseRole;
use projections::audit::simulation::LockPolicy;
use read_api::audit::timeline::{self, Attempt, Outcome, Suspension};
use read_api::audit::what_if::{SimulationReport, simulate};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use uuid::Uuid;
use vault::{Vault, places};
use web::Text;
use write_api::WriteApi;
use write_api::account::{NewAgent, set_first_password};
use write_api::import::sshd::{Line, SshdLog};
use write_api::import::{Input, import_sshd};

/// A real log of OpenSSH's server, of four hours of a 10 December; its licence stands beside it. It tells no year, so one
/// is taken.
const LOG: &str = include_str!("demo/OpenSSH_part1.log");
const LOG_NAME: &str = "OpenSSH_part1.log";
const LOG_YEAR: i32 = 2015;

/// Rows of the picture that have a name of their own.
const TOP_NAMES: usize = 12;

/// The people that the demo can be tried as: the City's, not the log's.
const PEOPLE: [(&str, &str, &[Role], Text); 4] = [
    ("Camille", "Durand", &[Role::Hr], Text::new("ouvre des comptes", "opens accounts")),
    (
        "Dominique",
        "Lefèvre",
        &[Role::Administrator],
        Text::new("réactive des comptes, donne des rôles", "reactivates accounts, grants roles"),
    ),
    ("Claude", "Martin", &[Role::Auditor], Text::new("lit la piste d’audit", "reads the audit trail")),
    ("Élodie", "de La Tour", &[], Text::new("un agent", "an agent")),
];

/// Run on real input, on a database of its own.
#[derive(Debug, Args)]
pub struct Demo {
    /// Stop after the report.
    #[arg(long)]
    exit: bool,
    /// Address and port of the APIs; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Address and port of metrics and health.
    #[arg(long, value_name = "ADDRESS")]
    operations: Option<SocketAddr>,
    /// Where the picture of attempts and suspensions is written.
    #[arg(long, value_name = "FILE", default_value = "intraparis-timeline.svg")]
    picture: PathBuf,
}

impl Demo {
    /// Reads the log, reports, and serves.
    ///
    /// # Errors
    /// When any part of it fails.
    pub async fn run(self, mut config: Config) -> anyhow::Result<ExitCode> {
        config.telemetry.format = LogFormat::Text;
        config.server.listen = self.listen.unwrap_or(config.server.listen);
        config.server.operations = self.operations.unwrap_or(config.server.operations);
        let stop = shutdown::on_signal()?;
        let listeners = if self.exit { None } else { Some(Listeners::bind(&config.server, Roles::ALL).await?) };
        let fallback = std::env::temp_dir();
        let home = tempfile::Builder::new()
            .prefix("intraparis-demo-")
            .tempdir()
            .context(Text::new("aucun dossier pour la clé de la démonstration", "no folder for the demo's key"))?;
        config.database.data_dir = home.path().to_owned();
        // 19 MiB each, and few try a demo at once.
        config.write_api.hashing_threads = 1;
        let database = Database::temporary(&fallback, config.database.connections).await?;
        let mut service = Service::new(config, database);
        let report = self.report(&mut service).await?;
        write!(io::stdout(), "{report}")?;
        let Some(listeners) = listeners else {
            service.close().await?;
            return Ok(ExitCode::SUCCESS);
        };
        let ready = |addresses: Addresses| {
            let Addresses { api, operations } = addresses;
            let api = api.map(|address| format!("http://{address}")).unwrap_or_default();
            // Where standard output is closed there is nobody to tell.
            let _ = writeln!(
                io::stdout(),
                "{api} : {}",
                Text::made(
                    format!(
                        "à votre service ; /docs montre chaque opération, http://{operations}/metrics les mesures, Ctrl-C arrête"
                    ),
                    format!(
                        "serving; /docs has every operation, http://{operations}/metrics the metrics, Ctrl-C stops"
                    ),
                )
            );
        };
        service.run(Roles::ALL, listeners, stop, ready).await?;
        Ok(ExitCode::SUCCESS)
    }

    async fn report(&self, service: &mut Service) -> anyhow::Result<String> {
        let api = service.write_api().await?;
        let vault = service.vault().await?;
        let reader = service.reader(DatabaseRole::Reader).await?;
        let credentials = people(&api).await?;

        let started = Instant::now();
        let log = Input::Bytes(LOG.as_bytes().into());
        let imported = import_sshd(&api, log, LOG_NAME, Some(LOG_YEAR), Utc).await?;
        let took = started.elapsed();

        let names = names()?;
        let picture = picture(&reader, &vault, &names).await?;
        let written = match write_picture(&self.picture, &picture).await {
            Ok(()) => self.picture.display().to_string(),
            Err(error) => format!("{error:#}"),
        };
        let policy = LockPolicy::new(5, TimeDelta::minutes(15), TimeDelta::minutes(15))?;
        let simulated = simulate(&reader, &vault, policy, &names.join("\n")).await?;
        let verified = reader.verify(|_| ()).await?;
        let altered = Text::new("le journal ne tient pas", "the journal does not hold");
        anyhow::ensure!(verified.violations.is_empty(), "{altered} : {:?}", verified.violations);

        let mut text = String::new();
        let title = Text::new(
            "quatre heures à la porte d’un serveur, sous la règle des trois échecs",
            "four hours at the door of a server, through three strikes",
        );
        writeln!(text, "IntraParis, {LOG_NAME} : {title}\n")?;
        write!(text, "{imported}")?;
        let events = Text::counted(verified.events, ["événement", "événements"], ["event", "events"]);
        writeln!(text, "\n  {events} ({:.2} s)", took.as_secs_f64())?;
        writeln!(text, "  {} : {}", Text::new("racine", "root"), data_encoding::HEXLOWER.encode(&verified.root))?;
        writeln!(text, "  {INTACT}")?;
        write!(text, "\n{}", what_if(&simulated))?;
        writeln!(text, "\n  {} : {written}", Text::new("image", "picture"))?;
        write!(text, "\n{}", leave::report(&api).await?)?;
        write!(text, "\n{credentials}")?;
        Ok(text)
    }
}

/// Opens the accounts of the demo's people, each with a personal password, and says how to log in.
async fn people(api: &WriteApi) -> anyhow::Result<String> {
    let title = Text::new("Pour l’essayer (identifiant, mot de passe)", "To try it (username, password)");
    let mut text = format!("{title} :\n");
    for (given, family, roles, does) in PEOPLE {
        let agent = NewAgent {
            given_name: given.to_owned(),
            family_name: family.to_owned(),
            staff_number: None,
            username: None,
        };
        let opened = open(api, agent, roles).await?;
        if let Some(failed) = opened.failed {
            return Err(failed);
        }
        let password = format!("Pont-Neuf {}", &Uuid::new_v4().simple().to_string()[..12]);
        let metadata = Metadata::new(Actor::Service, Capacity::Operator, Clock::system().now());
        set_first_password(api, AccountId::from_uuid(opened.account), &password.clone().into(), metadata).await?;
        writeln!(text, "  {:<20} {password:<24} {does}", opened.username)?;
    }
    Ok(text)
}

fn what_if(report: &SimulationReport) -> String {
    let title = Text::new(
        "Si 5 échecs en 15 minutes bloquaient pour 15 minutes",
        "What if 5 failures within 15 minutes locked for 15 minutes",
    );
    let mut text = format!("{title}\n");
    for locked in &report.locked {
        let name = locked.shown().unwrap_or_else(|| locked.account.to_string());
        text.push_str(&format!("  {name:<12} {}\n", locked.often()));
    }
    text
}

/// The names in the log: the log is at hand, so its names may be shown.
fn names() -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for line in SshdLog::new(BufReader::new(LOG.as_bytes()), Some(LOG_YEAR), Utc) {
        if let Line::Attempt(attempt) = line? {
            names.push(attempt.name.reveal().to_owned());
        }
    }
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

async fn picture(reader: &Reader, vault: &Vault, names: &[String]) -> anyhow::Result<String> {
    let mut who = BTreeMap::new();
    for name in names {
        who.insert(vault.pseudonym(&LoginName::verbatim(name)).await?, name.clone());
    }
    let (mut attempts, mut suspensions) = (Vec::new(), Vec::new());
    let mut events =
        reader.events(Selection { stream_type: Some(AccountEvent::STREAM.to_owned()), ..Selection::default() });
    while let Some(recorded) = events.try_next().await? {
        let event: AccountEvent = recorded.decode()?;
        let (at, id) = (recorded.occurred_at, recorded.stream_id);
        if let AccountEvent::AccountProvisioned { username, .. } = &event {
            let place = places::identity(AccountId::from_uuid(id), "username");
            who.insert(id, vault.open(&place, username).await?.clear().unwrap_or_default());
        }
        let Some(name) = who.get(&id).cloned() else { continue };
        match event {
            AccountEvent::LoginSucceeded { .. } => attempts.push(Attempt { at, name, outcome: Outcome::Succeeded }),
            AccountEvent::LoginFailed { .. } => attempts.push(Attempt { at, name, outcome: Outcome::Failed }),
            AccountEvent::LoginRefused { .. } => attempts.push(Attempt { at, name, outcome: Outcome::Refused }),
            AccountEvent::AccountSuspended { .. } => suspensions.push(Suspension { at, until: None, name }),
            _ => {}
        }
    }
    Ok(timeline::svg(&attempts, &suspensions, TOP_NAMES))
}

async fn write_picture(file: &Path, picture: &str) -> anyhow::Result<()> {
    tokio::fs::write(file, picture)
        .await
        .with_context(|| format!("écriture impossible — cannot write {}", file.display()))
}
