use super::{CalendarFeedRefusal, State};
use events::AccountId;
use events::calendar_feed::{CalendarFeedEvent, FeedScope};

/// Opens a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCalendarFeed {
    /// Who reads it.
    pub owner: AccountId,
    /// What it shows.
    pub shows: FeedScope,
    /// SHA-256 of its token, in hexadecimal.
    pub token_hash: String,
}

pub(super) fn decide(state: &State, command: OpenCalendarFeed) -> Result<Vec<CalendarFeedEvent>, CalendarFeedRefusal> {
    let OpenCalendarFeed { owner, shows, token_hash } = command;
    if state.owner.is_some() {
        return Err(CalendarFeedRefusal::AlreadyOpen);
    }
    Ok(vec![CalendarFeedEvent::CalendarFeedOpened { owner, shows, token_hash }])
}
