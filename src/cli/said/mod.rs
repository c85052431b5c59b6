//! What the domain's errors and findings say on the screen, in French first. Their own texts are English, and stay what
//! the log and JSON hold.

mod commands;
mod database;
mod history;
mod projections;
mod rules;
mod system;
mod vault;

use ::commands::NotExecuted;
use ::commands::account::{AccountRefusal, InvalidLockoutPolicy};
use ::commands::audit::AuditRefusal;
use ::commands::projection::ProjectionRefusal;
use ::commands::rule_set::RuleSetRefusal;
use ::commands::vault::VaultRefusal;
use ::projections::audit::simulation::InvalidLockPolicy;
use ::projections::{ProjectionError, RebuildError};
use ::rules::LoadError;
use ::vault::{AttachmentsError, MasterKeyError, VaultError};
use events::account::UnknownRole;
use events::username::InvalidUsername;
use events::{DecodeError, InvalidPosition};
use journal::embedded::EmbeddedError;
use journal::{AppendError, ReadError};
use migrations::SchemaError;
use read_api::audit::what_if::NotSimulated;
use std::borrow::Cow;
use std::error::Error;
use std::fmt::Display;
use std::str::FromStr;
use web::{Problem, Text};
use write_api::account::NotProvisioned;
use write_api::import::agents_csv::{FileError, Reason};

use crate::database::DatabaseError;

/// A sentence in French.
type French = Cow<'static, str>;

/// Whose own text is English, and what it is in French.
pub(super) trait Said: Display {
    /// The French.
    fn french(&self) -> French;
}

/// Both.
pub(super) fn said(of: &impl Said) -> Text {
    Text::made(of.french(), of.to_string())
}

/// An argument of the command line, or why it is none, in both languages.
pub(super) fn parsed<T: FromStr<Err: Said>>(argument: &str) -> Result<T, String> {
    argument.parse().map_err(|error: T::Err| said(&error).to_string())
}

/// An error with its causes, each once: ours in both languages, those of the system and the database in French and in their
/// own words, those of others in these alone.
pub(super) fn causes(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain() {
        let last = system::of_sqlx(cause);
        let text = last.clone().or_else(|| text(cause));
        let cause = text.map_or_else(|| cause.to_string(), |text| text.to_string());
        if told.is_empty() {
            told = cause;
        } else if !told.ends_with(&cause) {
            told = format!("{told}: {cause}");
        }
        if last.is_some() {
            break;
        }
    }
    told
}

type Cause = dyn Error + 'static;

/// What an error of the domain says; none for one that speaks for itself.
fn text(cause: &Cause) -> Option<Text> {
    const KNOWN: [fn(&Cause) -> Option<Text>; 24] = [
        of::<NotExecuted<AccountRefusal>>,
        of::<NotExecuted<AuditRefusal>>,
        of::<NotExecuted<ProjectionRefusal>>,
        of::<NotExecuted<RuleSetRefusal>>,
        of::<NotExecuted<VaultRefusal>>,
        of::<InvalidLockoutPolicy>,
        of::<InvalidLockPolicy>,
        of::<EmbeddedError>,
        of::<SchemaError>,
        of::<AppendError>,
        of::<ReadError>,
        of::<DecodeError>,
        of::<VaultError>,
        of::<MasterKeyError>,
        of::<AttachmentsError>,
        of::<ProjectionError>,
        of::<RebuildError>,
        of::<NotSimulated>,
        of::<LoadError>,
        of_database,
        of_problem,
        of_username,
        of_agents_file,
        system::of_system,
    ];
    KNOWN.iter().find_map(|known| known(cause))
}

fn of<E: Said + Error + 'static>(cause: &Cause) -> Option<Text> {
    cause.downcast_ref().map(|error: &E| said(error))
}

fn of_database(cause: &Cause) -> Option<Text> {
    match cause.downcast_ref()? {
        DatabaseError::Embedded(error) => Some(said(error)),
        DatabaseError::Schema(error) => Some(said(error)),
        DatabaseError::MasterKey(error) => Some(said(error)),
        DatabaseError::Vault(error) => Some(said(error)),
        _ => None,
    }
}

fn of_problem(cause: &Cause) -> Option<Text> {
    let problem = match cause.downcast_ref() {
        Some(NotProvisioned::Failed(problem)) => problem,
        _ => cause.downcast_ref::<Problem>()?,
    };
    Some(problem.text())
}

fn of_username(cause: &Cause) -> Option<Text> {
    cause.downcast_ref().map(|invalid: &InvalidUsername| Reason::from(*invalid).text())
}

fn of_agents_file(cause: &Cause) -> Option<Text> {
    cause.downcast_ref().map(FileError::text)
}

impl Said for InvalidPosition {
    fn french(&self) -> French {
        "une position est un nombre entier de 0 à 9223372036854775807".into()
    }
}

impl Said for UnknownRole {
    fn french(&self) -> French {
        "un rôle est l’un de agent, manager, hr, hr-health, auditor, administrator, data-protection".into()
    }
}
