//! Calendar feeds (iCalendar, RFC 5545) that an agent subscribes to by a secret address.

use crate::{AccountId, DomainEvent, EventName, UnitId};
use serde::{Deserialize, Serialize};

/// What has happened to a feed. Its stream stands under its [`crate::FeedId`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum CalendarFeedEvent {
    /// A feed was opened.
    CalendarFeedOpened {
        /// Who reads it.
        owner: AccountId,
        /// What it shows.
        shows: FeedScope,
        /// SHA-256 of its token, in hexadecimal; the token is known to its owner alone.
        token_hash: String,
    },
    /// The token opens the feed no more.
    CalendarFeedRevoked {},
}

impl DomainEvent for CalendarFeedEvent {
    const STREAM: &'static str = "calendar-feed";

    const KINDS: &'static [(EventName, i16)] = &[("CalendarFeedOpened", 1), ("CalendarFeedRevoked", 1)];

    fn name(&self) -> EventName {
        match self {
            Self::CalendarFeedOpened { .. } => "CalendarFeedOpened",
            Self::CalendarFeedRevoked {} => "CalendarFeedRevoked",
        }
    }
}

/// What a feed shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeedScope {
    /// The owner's own leave.
    Own,
    /// Who of a unit is absent, never why.
    Unit(UnitId),
}
