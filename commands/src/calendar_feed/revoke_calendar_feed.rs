use super::{CalendarFeedRefusal, State};
use events::AccountId;
use events::calendar_feed::CalendarFeedEvent;

/// Revokes a feed: its address answers nobody any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevokeCalendarFeed {
    /// Who revokes it.
    pub by: AccountId,
}

pub(super) fn decide(
    state: &State,
    command: RevokeCalendarFeed,
) -> Result<Vec<CalendarFeedEvent>, CalendarFeedRefusal> {
    if state.owner != Some(command.by) {
        return Err(CalendarFeedRefusal::Unknown);
    }
    if state.revoked {
        return Err(CalendarFeedRefusal::AlreadyRevoked);
    }
    Ok(vec![CalendarFeedEvent::CalendarFeedRevoked {}])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar_feed::{CalendarFeed, OpenCalendarFeed};
    use crate::specification::given;
    use events::calendar_feed::FeedScope;
    use uuid::Uuid;

    fn account(number: u128) -> AccountId {
        AccountId::from_uuid(Uuid::from_u128(number))
    }

    fn opened() -> CalendarFeedEvent {
        let token_hash = "ab".repeat(32);
        CalendarFeedEvent::CalendarFeedOpened { owner: account(1), shows: FeedScope::Own, token_hash }
    }

    #[test]
    fn a_feed_is_opened_once() {
        let open = OpenCalendarFeed { owner: account(1), shows: FeedScope::Own, token_hash: "ab".repeat(32) };
        given::<CalendarFeed>([]).when(open.clone()).then([opened()]);
        given::<CalendarFeed>([opened()]).when(open).refused(CalendarFeedRefusal::AlreadyOpen);
    }

    #[test]
    fn its_owner_revokes_it_once_and_nobody_else_hears_of_it() {
        let revoked = CalendarFeedEvent::CalendarFeedRevoked {};
        let revoke = |by| RevokeCalendarFeed { by: account(by) };
        given::<CalendarFeed>([opened()]).when(revoke(1)).then([revoked.clone()]);
        given::<CalendarFeed>([opened()]).when(revoke(2)).refused(CalendarFeedRefusal::Unknown);
        given::<CalendarFeed>([]).when(revoke(1)).refused(CalendarFeedRefusal::Unknown);
        given::<CalendarFeed>([opened(), revoked]).when(revoke(1)).refused(CalendarFeedRefusal::AlreadyRevoked);
    }
}
