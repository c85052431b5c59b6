//! Calendar feeds: opened with a token that only its owner knows, revoked for good.

mod open_calendar_feed;
mod revoke_calendar_feed;

pub use open_calendar_feed::OpenCalendarFeed;
pub use revoke_calendar_feed::RevokeCalendarFeed;

use crate::command::command_enum;
use esrs::Aggregate;
use events::calendar_feed::CalendarFeedEvent;
use events::{AccountId, DomainEvent};
use journal::Snapshots;
use serde::{Deserialize, Serialize};

/// One feed. Its stream stands under its [`events::FeedId`].
#[derive(Clone, Copy, Debug)]
pub struct CalendarFeed;

command_enum! {
    /// What may be asked of a feed.
    CalendarFeedCommand { OpenCalendarFeed, RevokeCalendarFeed }
}

/// What decisions about a feed are taken on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    owner: Option<AccountId>,
    revoked: bool,
}

impl State {
    /// The version of the fold; a snapshot taken under another is ignored.
    pub const FOLD: i32 = 1;
}

/// Why nothing was done to a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarFeedRefusal {
    /// It was opened before.
    #[error("the feed was opened already")]
    AlreadyOpen,
    /// There is no such feed, or it is another's.
    #[error("there is no such feed")]
    Unknown,
    /// It was revoked before.
    #[error("the feed was revoked already")]
    AlreadyRevoked,
}

impl Aggregate for CalendarFeed {
    const NAME: &'static str = CalendarFeedEvent::STREAM;
    type State = State;
    type Command = CalendarFeedCommand;
    type Event = CalendarFeedEvent;
    type Error = CalendarFeedRefusal;

    fn handle_command(
        state: &State,
        command: CalendarFeedCommand,
    ) -> Result<Vec<CalendarFeedEvent>, CalendarFeedRefusal> {
        match command {
            CalendarFeedCommand::OpenCalendarFeed(command) => open_calendar_feed::decide(state, command),
            CalendarFeedCommand::RevokeCalendarFeed(command) => revoke_calendar_feed::decide(state, command),
        }
    }

    fn apply_event(state: State, event: CalendarFeedEvent) -> State {
        match event {
            CalendarFeedEvent::CalendarFeedOpened { owner, .. } => State { owner: Some(owner), ..state },
            CalendarFeedEvent::CalendarFeedRevoked {} => State { revoked: true, ..state },
        }
    }
}

impl Snapshots for CalendarFeed {
    const FOLD: i32 = State::FOLD;
}
