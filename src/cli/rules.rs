//! `intraparis rules`: the rules of law, held against worked cases, activated, and listed.

use super::answered::{answerable, username};
use super::{answer, with_service};
use crate::config::Config;
use crate::serve::Service;
use anyhow::Context;
use chrono::{DateTime, Utc};
use clap::Subcommand;
use commands::Execution;
use commands::rule_set::{ActivateRules, RuleSet};
use events::account::Role;
use events::date::in_paris;
use events::rule_set::{RuleFile, RuleSetEvent, RulesVersion};
use events::username::Username;
use events::{Actor, Capacity, Clock, DomainEvent, Metadata, Position, Version};
use futures::TryStreamExt;
use journal::{Reader, Selection};
use migrations::Role as DatabaseRole;
use rules::RuleBook;
use serde::Serialize;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use uuid::Uuid;
use web::Text;

/// Check worked cases against the rules of law; activate rules, and list those that were.
#[derive(Debug, Subcommand)]
pub enum Rules {
    /// Run each line of these files through the rules, and say what differs.
    Check {
        /// Files of cases: `.jsonl` of rules, or `.csv` of day counts with its `patterns.json` beside.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take decisions under these rules from here on, on the record, in every process of the service.
    Activate {
        /// A folder with all the rules, in the format of rules/law; or one file, in place of the one of its name.
        #[arg(value_name = "FILE|DIR")]
        path: PathBuf,
        /// The username of somebody of human resources, who answers for it.
        #[arg(long = "as", value_name = "USERNAME", value_parser = username)]
        operator: Username,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Which rules were activated, when and by whom; the last ones are in force.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Rules {
    /// Does it; the code is 1 when a case differs.
    ///
    /// # Errors
    /// When rules cannot be read, by their file and line, or are not activated.
    pub async fn run(self, config: Config) -> anyhow::Result<ExitCode> {
        match self {
            Self::Check { files, json } => {
                let report = rules::cases::check(&files)?;
                answer(&report, json)?;
                Ok(if report.passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
            }
            Self::Activate { path, operator, json } => {
                with_service(config, async |service| {
                    answer(&activate(service, &path, &operator).await?, json)?;
                    Ok(ExitCode::SUCCESS)
                })
                .await
            }
            Self::List { json } => {
                with_service(config, async |service| {
                    answer(&list(&service.reader(DatabaseRole::Reader).await?).await?, json)?;
                    Ok(ExitCode::SUCCESS)
                })
                .await
            }
        }
    }
}

/// The rules that are in force now.
#[derive(Serialize)]
struct InForce {
    version: RulesVersion,
    /// Where their activation stands; none when they were in force already.
    position: Option<Position>,
    files: Vec<String>,
}

impl fmt::Display for InForce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.position {
            Some(position) => {
                Text::made(format!("en vigueur, inscrites en {position}"), format!("in force, recorded at {position}"))
            }
            None => Text::new("déjà en vigueur, rien n’est inscrit", "in force already, nothing is recorded"),
        };
        write!(f, "{} : {state}", self.version)
    }
}

async fn activate(service: &mut Service, path: &Path, operator: &Username) -> anyhow::Result<InForce> {
    let read = RuleBook::files(path)?;
    let api = service.write_api().await?;
    let by = answerable(&api, operator, Role::Hr).await?;
    // Else the first process to start would bring its own in place of these.
    api.introduce_rules().await?;
    let in_force = api.rule_files().await?;
    let mut files = if path.is_dir() { Vec::new() } else { in_force.clone() };
    files.retain(|file| read.iter().all(|(name, _)| *name != file.name));
    files.extend(read.into_iter().map(|(name, text)| RuleFile { name, text }));
    // Said here with its file and field: the refusal quotes the English alone.
    RuleBook::parse(files.iter().map(|file| (file.name.as_str(), file.text.as_str())))?;
    let names = files.iter().map(|file| file.name.clone()).collect();
    let now = Clock::system().now();
    let metadata = Metadata::new(Actor::Account(by), Capacity::Operator, now);
    let executed = Execution::<RuleSet>::new(api.journal(), metadata)
        .on(RuleSetEvent::stream(), ActivateRules { files, in_force, on: in_paris(now) }.into())
        .await?;
    let recorded = executed.receipt.version != Version::NONE;
    Ok(InForce {
        version: executed
            .state
            .active()
            .context(Text::new("aucune règle n’est en vigueur", "no rules are in force"))?,
        position: recorded.then_some(executed.receipt.position),
        files: names,
    })
}

/// Every activation, the first one first.
#[derive(Serialize)]
struct Activations(Vec<Activation>);

#[derive(Serialize)]
struct Activation {
    version: RulesVersion,
    position: Position,
    recorded_at: DateTime<Utc>,
    /// The account that answers for it; none where a build brought its own.
    by: Option<Uuid>,
    files: Vec<String>,
    in_force: bool,
}

impl fmt::Display for Activations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(activations) = self;
        let number = ["activation", "activations"];
        write!(f, "{}", Text::counted(activations.len(), number, number))?;
        activations.iter().try_for_each(|Activation { version, position, recorded_at, by, in_force, .. }| {
            let build = || Text::new("(une version)", "(a build)").to_string();
            let by = by.map_or_else(build, |account| account.to_string());
            write!(f, "\n{version}  {position}  {recorded_at}  {by}")?;
            if *in_force { write!(f, "  {}", Text::new("en vigueur", "in force")) } else { Ok(()) }
        })
    }
}

async fn list(reader: &Reader) -> anyhow::Result<Activations> {
    let of_rules = Selection { stream_type: Some(RuleSetEvent::STREAM.to_owned()), ..Selection::default() };
    let mut activations: Vec<Activation> = Vec::new();
    let mut events = reader.events(of_rules);
    while let Some(recorded) = events.try_next().await? {
        let RuleSetEvent::RuleSetActivated { version, files } = recorded.decode()?;
        activations.iter_mut().for_each(|earlier| earlier.in_force = false);
        activations.push(Activation {
            version,
            position: recorded.position,
            recorded_at: recorded.recorded_at,
            by: recorded.actor()?.account().map(|account| account.as_uuid()),
            files: files.into_iter().map(|file| file.name).collect(),
            in_force: true,
        });
    }
    Ok(Activations(activations))
}
