//! An account as it was: its own events, folded up to a time or a position.

use super::state::State;
use chrono::{DateTime, Utc};
use events::account::AccountEvent;
use events::{AccountId, DomainEvent, Position, Version};
use futures::TryStreamExt;
use journal::{ReadError, Reader, StreamId};

/// Up to when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// What had happened by this instant, be it that it was recorded later: a log that was imported.
    Time(DateTime<Utc>),
    /// What had been recorded up to and with this position.
    Position(Position),
}

/// An account as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// How it was.
    pub state: State,
    /// How many of its events count.
    pub events: u64,
    /// The last of them.
    pub position: Position,
    /// When that happened.
    pub occurred_at: DateTime<Utc>,
}

/// The account, or the name that no account has, as it was then; none, when nothing had happened to it.
///
/// # Errors
/// [`ReadError`].
pub async fn as_of(reader: &Reader, account: AccountId, when: AsOf) -> Result<Option<Account>, ReadError> {
    let mut events = reader.stream(StreamId::new(AccountEvent::STREAM, account), Version::NONE);
    let mut found: Option<Account> = None;
    while let Some(recorded) = events.try_next().await? {
        match when {
            AsOf::Time(time) if recorded.occurred_at > time => continue,
            AsOf::Position(position) if recorded.position > position => break,
            AsOf::Time(_) | AsOf::Position(_) => {}
        }
        let event = recorded
            .decode::<AccountEvent>()
            .map_err(|source| ReadError::Corrupt { position: recorded.position, source })?;
        let (mut state, events) = found.take().map_or_else(Default::default, |account| (account.state, account.events));
        state.note(&event, recorded.occurred_at);
        found =
            Some(Account { state, events: events + 1, position: recorded.position, occurred_at: recorded.occurred_at });
    }
    Ok(found)
}
