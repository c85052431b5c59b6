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
/// Events are folded as they arrive, and none is read after those that count and the one that opened the account.
///
/// # Errors
/// [`ReadError`].
pub async fn as_of(reader: &Reader, account: AccountId, when: AsOf) -> Result<Option<Account>, ReadError> {
    let stream = StreamId::new(AccountEvent::STREAM, account);
    let mut events = match when {
        AsOf::Time(_) => reader.stream_by_time(stream),
        AsOf::Position(_) => reader.stream(stream, Version::NONE),
    };
    let mut known = false;
    let mut state = State::default();
    let (mut count, mut last) = (0, None);
    while let Some(recorded) = events.try_next().await? {
        let (position, occurred_at) = (recorded.position, recorded.occurred_at);
        let (counts, complete) = match when {
            AsOf::Time(time) => (occurred_at <= time, known),
            AsOf::Position(until) => (position <= until, true),
        };
        if !counts && complete {
            break;
        }
        let event = recorded.decode::<AccountEvent>().map_err(|source| ReadError::Corrupt { position, source })?;
        known |= matches!(event, AccountEvent::AccountProvisioned { .. });
        if counts {
            state.note(&event, occurred_at);
            count += 1;
            last = Some((position, occurred_at));
        }
    }
    Ok(last.map(|(position, occurred_at)| Account { known, state, events: count, position, occurred_at }))
}
