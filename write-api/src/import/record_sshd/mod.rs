//! A log of an SSH server, recorded as if its attempts had come to our own door: the same commands, the same three
//! strikes, each attempt with its own time and source.
//!
//! The file is read twice: `survey` learns the names, while every attempt is looked for under another date, so that a log
//! that would count twice is refused before anything is done; then, the names having their accounts and keys, the
//! attempts are recorded a window at a time, in order for each account and side by side across accounts. What was
//! recorded of a line is known by what the line says and by how many lines before it say the same, so that an import that
//! broke off goes on where it stopped, and a log that has grown is known up to where it was.

mod attempts;
mod report;
mod survey;
mod windows;

pub use report::{MalformedLine, SshdReport, Suspension};

use super::Input;
use super::sshd::{FIRST_YEAR, Line, ReadError, SshdLog};
use crate::WriteApi;
use crate::account::{LoginNameToGive, NewAgent, NotProvisioned, provision, username_stream};
use attempts::{Recorder, check_dates};
use chrono::{DateTime, Datelike, TimeDelta, TimeZone, Utc};
use commands::NotExecuted;
use commands::account::AccountRefusal;
use events::username::LoginName;
use events::{AccountId, Actor, Capacity, CorrelationId, Metadata};
use futures::stream::{self, StreamExt, TryStreamExt};
use journal::ReadError as JournalError;
use report::Tally;
use std::collections::HashMap;
use std::io;
use survey::{Name, Survey, survey};
use tokio::task::JoinError;
use vault::{Period, Purpose, VaultError};
use web::Problem;
use windows::{Occurrence, Windows, windows};

/// Accounts written to at once.
const AT_ONCE: usize = 64;
/// Names looked up, and accounts opened, at once.
const NAMES_AT_ONCE: usize = 8;

/// Why an import broke off. What was recorded stays, and the same import goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be opened.
    #[error("le fichier ne peut pas être lu — the file cannot be read")]
    Open(#[source] io::Error),
    /// The file is not a log, or cannot be read on.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The account of a name cannot be opened.
    #[error("un compte ne peut pas être ouvert — an account cannot be opened")]
    Provision(#[from] NotProvisioned),
    /// A name cannot be looked up.
    #[error("un nom ne peut pas être cherché — a name cannot be looked up")]
    Name(#[from] Problem),
    /// An address cannot be sealed.
    #[error("une adresse ne peut pas être scellée — an address cannot be sealed")]
    Vault(#[from] VaultError),
    /// An attempt cannot be recorded.
    #[error("ligne {line} : la tentative ne peut pas être inscrite — line {line}: the attempt cannot be recorded")]
    Attempt {
        /// The line.
        line: u64,
        /// Why.
        source: NotExecuted<AccountRefusal>,
    },
    /// The log, or this part of it, was imported with another year or zone: under these dates all of it would count twice.
    #[error(
        "ligne {line} : cette ligne a déjà été importée avec une autre date ; redonnez les --year et --zone d’alors (--zone +01:00 pour une partie qui commence dans la seconde fois de l’heure qui revient en automne), sans quoi tout compterait deux fois — line {line}: this line was imported before with another date; give --year and --zone as then (--zone +01:00 for a part that begins in the second of the hours that come twice in autumn), or everything would count twice"
    )]
    OtherDates {
        /// The first such line.
        line: u64,
    },
    /// No log of an SSH server is of this year.
    #[error(
        "--year : attendu, une année de {FIRST_YEAR} à {last} — --year: expected a year from {FIRST_YEAR} to {last}"
    )]
    NoSuchYear {
        /// The last year that there may be logs of.
        last: i32,
    },
    /// What was recorded of a line before cannot be read.
    #[error(
        "ligne {line} : ce qui avait été inscrit ne peut pas être lu — line {line}: what was recorded before cannot be read"
    )]
    Before {
        /// The line.
        line: u64,
        /// Why.
        source: JournalError,
    },
    /// A thread died.
    #[error("la lecture du fichier s’est interrompue — the thread that read the file died")]
    Thread(#[from] JoinError),
}

/// Records every password attempt of a log. `name` is what the report calls the file; `year` and `zone` are for dates
/// that tell neither, as for [`SshdLog::new`]. Accounts are opened for the names that the log does not call invalid.
/// A line of more than a day from now is reported as malformed. A log that was imported is known again under the year and
/// zone that it was imported with, and refused under others.
///
/// # Errors
/// [`ImportError`].
pub async fn import_sshd<Z>(
    api: &WriteApi,
    input: Input,
    name: &str,
    year: Option<i32>,
    zone: Z,
) -> Result<SshdReport, ImportError>
where
    Z: TimeZone + Clone + Send + 'static,
{
    let until = api.clock.now() + TimeDelta::days(1);
    let last = until.year();
    if year.is_some_and(|year| !(FIRST_YEAR..=last).contains(&year)) {
        return Err(ImportError::NoSuchYear { last });
    }
    let key = api.vault.derived_key("lines of logs").await?;
    let (filled, mut full) = windows();
    let (surveyed, its_zone) = (input.clone(), zone.clone());
    let surveying = tokio::task::spawn_blocking(move || survey(&surveyed, year, its_zone, until, filled));
    while let Some(window) = full.recv().await {
        check_dates(api, key, &window).await?;
    }
    let survey = surveying.await??;
    let correlation = CorrelationId::new();
    let accounts = accounts(api, &survey, correlation).await?;
    provide_keys(api, &survey, &accounts).await?;

    let recorder = Recorder { api, accounts: &accounts, key, correlation };
    let (filled, mut full) = windows();
    let reading = tokio::task::spawn_blocking(move || read(&input, year, zone, until, filled));
    let mut tally = Tally::default();
    while let Some(window) = full.recv().await {
        record(&recorder, window, &mut tally).await?;
    }
    reading.await??;
    Ok(SshdReport::new(name, survey, &accounts, tally))
}

/// The account of each name, and whether it is one: a pseudonym stands where there is none.
type Accounts = HashMap<LoginName, (AccountId, bool)>;

async fn accounts(api: &WriteApi, survey: &Survey, correlation: CorrelationId) -> Result<Accounts, ImportError> {
    stream::iter(&survey.names)
        .map(|(name, known)| async move {
            account(api, name, known, correlation).await.map(|account| (name.clone(), account))
        })
        .buffer_unordered(NAMES_AT_ONCE)
        .try_collect()
        .await
}

async fn account(
    api: &WriteApi,
    name: &LoginName,
    known: &Name,
    correlation: CorrelationId,
) -> Result<(AccountId, bool), ImportError> {
    let metadata = operator(api, correlation);
    let (stream, assigned) = username_stream(api, name, &metadata).await?;
    if let Some(account) = assigned {
        return Ok((account, true));
    }
    if !known.exists {
        return Ok((AccountId::from_uuid(stream), false));
    }
    // The log tells no person's name. The initial code is dropped: who owns the account asks for one.
    let agent = NewAgent {
        given_name: String::new(),
        family_name: name.reveal().to_owned(),
        staff_number: None,
        username: Some(LoginNameToGive::Foreign(name.clone())),
    };
    match provision(api, agent, metadata.clone(), None).await {
        Ok(provisioned) => Ok((provisioned.account, true)),
        // Another import has opened it in the same moment.
        Err(NotProvisioned::UsernameTaken) => match username_stream(api, name, &metadata).await? {
            (_, Some(account)) => Ok((account, true)),
            (_, None) => Err(NotProvisioned::UsernameTaken.into()),
        },
        Err(refused) => Err(refused.into()),
    }
}

fn operator(api: &WriteApi, correlation: CorrelationId) -> Metadata {
    Metadata { correlation, ..Metadata::new(Actor::Service, Capacity::Operator, api.clock.now()) }
}

async fn provide_keys(api: &WriteApi, survey: &Survey, accounts: &Accounts) -> Result<(), ImportError> {
    let owners = survey.names.iter().filter_map(|(name, known)| Some((accounts.get(name)?, known)));
    let owners = owners.flat_map(|((account, _), known)| {
        known.months.iter().map(|month| (account.as_uuid(), Purpose::Security, Period::Month(*month)))
    });
    Ok(api.vault.provide(owners).await?)
}

/// The attempts of a log, in its order.
fn read<Z: TimeZone>(
    input: &Input,
    year: Option<i32>,
    zone: Z,
    until: DateTime<Utc>,
    mut windows: Windows,
) -> Result<(), ImportError> {
    for line in SshdLog::new(input.open().map_err(ImportError::Open)?, year, zone).until(until) {
        if let Line::Attempt(attempt) = line?
            && !windows.push(attempt)
        {
            // The import broke off: its error says why.
            return Ok(());
        }
    }
    windows.end();
    Ok(())
}

/// Records a window: each account's attempts one after another, those of different accounts side by side.
async fn record(recorder: &Recorder<'_>, window: Vec<Occurrence>, tally: &mut Tally) -> Result<(), ImportError> {
    let mut by_name: Vec<Vec<Occurrence>> = Vec::new();
    let mut places: HashMap<LoginName, usize> = HashMap::new();
    for occurrence in window {
        let place = *places.entry(occurrence.attempt.name.clone()).or_insert(by_name.len());
        match by_name.get_mut(place) {
            Some(attempts) => attempts.push(occurrence),
            None => by_name.push(vec![occurrence]),
        }
    }
    let mut recorded =
        stream::iter(by_name).map(|attempts| recorder.one_after_another(attempts)).buffer_unordered(AT_ONCE);
    while let Some(outcomes) = recorded.try_next().await? {
        outcomes.into_iter().for_each(|outcome| tally.add(outcome));
    }
    Ok(())
}
