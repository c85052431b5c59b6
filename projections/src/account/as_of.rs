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
    /// Whether there is an account, be it opened later than the time asked for; else a name that none has.
    pub known: bool,
    /// How it was.
    pub state: State,
    /// How many of its events count.
    pub events: u64,
    /// The last of them.
    pub position: Position,
    /// When that happened.
    pub occurred_at: DateTime<Utc>,
}

/// The account, or the name that no account has, as it was then; none, when nothing had happened to it. By time its
/// events count in the order in which they happened, which is not that of their recording where logs were imported.
///
/// # Errors
/// [`ReadError`].
pub async fn as_of(reader: &Reader, account: AccountId, when: AsOf) -> Result<Option<Account>, ReadError> {
    let mut events = reader.stream(StreamId::new(AccountEvent::STREAM, account), Version::NONE);
    let mut known = false;
    let mut happened = Vec::new();
    while let Some(recorded) = events.try_next().await? {
        if matches!(when, AsOf::Position(position) if recorded.position > position) {
            break;
        }
        let event = recorded
            .decode::<AccountEvent>()
            .map_err(|source| ReadError::Corrupt { position: recorded.position, source })?;
        known |= matches!(event, AccountEvent::AccountProvisioned { .. });
        if !matches!(when, AsOf::Time(time) if recorded.occurred_at > time) {
            happened.push((recorded.occurred_at, recorded.position, event));
        }
    }
    if let AsOf::Time(_) = when {
        happened.sort_by_key(|(at, position, _)| (*at, *position));
    }
    let Some(&(occurred_at, position, _)) = happened.last() else { return Ok(None) };
    let mut state = State::default();
    for (at, _, event) in &happened {
        state.note(event, *at);
    }
    Ok(Some(Account { known, state, events: happened.len() as u64, position, occurred_at }))
}
