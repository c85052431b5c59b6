//! An agent's leave as it was known at any instant: his own streams, folded up to then.

use chrono::{DateTime, Utc};
use events::employment::EmploymentEvent;
use events::leave::AbsenceEvent;
use events::rule_set::RuleSetEvent;
use events::{AccountId, DomainEvent, Position, Version};
use futures::TryStreamExt;
use journal::{ReadError, Reader, Recorded, StreamId};
use rules::{Employment, Ledger, RuleBook};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// An agent's ledger and employment, as they were known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// His absences and movements.
    pub ledger: Ledger,
    /// Where, how much and when he works.
    pub employment: Employment,
    /// The last event folded in.
    pub position: Position,
}

/// What had been recorded of an agent by `known_at`; all of it, without one.
///
/// # Errors
/// [`ReadError`].
pub async fn known(reader: &Reader, agent: AccountId, known_at: Option<DateTime<Utc>>) -> Result<Known, ReadError> {
    let mut known = Known::default();
    let mut events = reader.stream(StreamId::new(EmploymentEvent::STREAM, agent), Version::NONE);
    while let Some(recorded) = events.try_next().await?.filter(|event| counts(event, known_at)) {
        known.employment = std::mem::take(&mut known.employment).after(&decoded(&recorded)?);
        known.position = known.position.max(recorded.position);
    }
    let (ledger, position) = ledger(reader, agent, known_at).await?;
    Ok(Known { ledger, position: known.position.max(position), ..known })
}

/// What had been recorded of an agent's absences and movements by `known_at`, with the last event of it; all of it,
/// without one. For who knows his employment already.
///
/// # Errors
/// [`ReadError`].
pub async fn ledger(
    reader: &Reader,
    agent: AccountId,
    known_at: Option<DateTime<Utc>>,
) -> Result<(Ledger, Position), ReadError> {
    let (mut ledger, mut position) = (Ledger::default(), Position::START);
    let mut events = reader.stream(StreamId::new(AbsenceEvent::STREAM, agent), Version::NONE);
    while let Some(recorded) = events.try_next().await?.filter(|event| counts(event, known_at)) {
        ledger = ledger.after(&decoded(&recorded)?);
        position = recorded.position;
    }
    Ok((ledger, position))
}

/// All that was recorded of the absences and movements of these agents; of whom nothing was is not among them.
///
/// # Errors
/// [`ReadError`].
pub async fn ledgers(reader: &Reader, agents: &[AccountId]) -> Result<BTreeMap<AccountId, Ledger>, ReadError> {
    let mut ledgers: BTreeMap<AccountId, Ledger> = BTreeMap::new();
    let ids = agents.iter().map(AccountId::as_uuid).collect();
    let mut events = reader.streams(AbsenceEvent::STREAM, ids);
    while let Some(recorded) = events.try_next().await? {
        let ledger = ledgers.entry(AccountId::from_uuid(recorded.stream_id)).or_default();
        *ledger = std::mem::take(ledger).after(&decoded(&recorded)?);
    }
    Ok(ledgers)
}

/// Recording times never go back along positions: what follows one that is too late is too late as well.
fn counts(recorded: &Recorded, known_at: Option<DateTime<Utc>>) -> bool {
    known_at.is_none_or(|instant| recorded.recorded_at <= instant)
}

fn decoded<E: DomainEvent>(recorded: &Recorded) -> Result<E, ReadError> {
    recorded.decode().map_err(|source| ReadError::Corrupt { position: recorded.position, source })
}

/// The events of an agent's ledger, in order, each with what is recorded beside it.
///
/// # Errors
/// [`ReadError`].
pub async fn history(reader: &Reader, agent: AccountId) -> Result<Vec<(Recorded, AbsenceEvent)>, ReadError> {
    let events = reader.stream(StreamId::new(AbsenceEvent::STREAM, agent), Version::NONE);
    events
        .and_then(async |recorded| Ok((decoded(&recorded)?, recorded)))
        .map_ok(|(event, at)| (at, event))
        .try_collect()
        .await
}

/// The rules of law, as they were activated; clones share them.
#[derive(Clone, Debug)]
pub struct Laws {
    reader: Reader,
    read: Arc<RwLock<Activated>>,
}

#[derive(Debug, Default)]
struct Activated {
    version: Option<Version>,
    books: Vec<(DateTime<Utc>, Arc<RuleBook>)>,
}

/// Why no rules could be told.
#[derive(Debug, thiserror::Error)]
pub enum LawError {
    /// The journal did not tell.
    #[error(transparent)]
    Journal(#[from] ReadError),
    /// Rules that were activated cannot be read by this build.
    #[error(transparent)]
    Book(#[from] rules::LoadError),
}

impl Laws {
    /// The rules that this journal tells of.
    #[must_use]
    pub fn new(reader: Reader) -> Self {
        Self { reader, read: Arc::default() }
    }

    /// The rules that had been activated last by `known_at`, or by now; those that this build carries before any were.
    ///
    /// # Errors
    /// [`LawError`].
    pub async fn known(&self, known_at: Option<DateTime<Utc>>) -> Result<Arc<RuleBook>, LawError> {
        self.catch_up().await?;
        let read = self.read.read().unwrap_or_else(PoisonError::into_inner);
        let mut activated = read.books.iter().rev();
        let last = activated.find(|(at, _)| known_at.is_none_or(|instant| *at <= instant));
        match last {
            Some((_, book)) => Ok(Arc::clone(book)),
            None => Ok(Arc::new(RuleBook::embedded()?)),
        }
    }

    async fn catch_up(&self) -> Result<(), LawError> {
        let after = self.read.read().unwrap_or_else(PoisonError::into_inner).version.unwrap_or(Version::NONE);
        let mut events = self.reader.stream(StreamId::new(RuleSetEvent::STREAM, RuleSetEvent::stream()), after);
        while let Some(recorded) = events.try_next().await? {
            let RuleSetEvent::RuleSetActivated { files, .. } = decoded(&recorded)?;
            let book = RuleBook::parse(files.iter().map(|file| (file.name.as_str(), file.text.as_str())))?;
            let mut read = self.read.write().unwrap_or_else(PoisonError::into_inner);
            if read.version.is_none_or(|version| version < recorded.version) {
                read.version = Some(recorded.version);
                read.books.push((recorded.recorded_at, Arc::new(book)));
            }
        }
        Ok(())
    }
}
