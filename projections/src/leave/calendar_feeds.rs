//! Calendar feeds: by the hash of the token that opens one.

use crate::fold::Unbatched;
use crate::json::{of_json, to_json};
use crate::{Fold, Projection, ProjectionError, Stream};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use esrs::handler::TransactionalEventHandler;
use esrs::store::StoreEvent;
use events::calendar_feed::{CalendarFeedEvent, FeedScope};
use events::{AccountId, FeedId};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgExecutor, Row};

/// The name of the projection.
pub const NAME: &str = "calendar_feeds_v1";

/// The projection.
#[must_use]
pub fn projection() -> Projection {
    Projection::named::<Unbatched>(NAME, 1, &["calendar_feeds_v1"])
        .reads::<CalendarFeedEvent, _>(CalendarFeeds)
        .declared()
}

#[derive(Debug)]
struct CalendarFeeds;

#[async_trait]
impl TransactionalEventHandler<Stream<CalendarFeedEvent>, ProjectionError, Fold<Unbatched>> for CalendarFeeds {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn handle(
        &self,
        event: &StoreEvent<CalendarFeedEvent>,
        fold: &mut Fold<Unbatched>,
    ) -> Result<(), ProjectionError> {
        let written = match &event.payload {
            CalendarFeedEvent::CalendarFeedOpened { owner, shows, token_hash } => {
                sqlx::query(
                    "INSERT INTO calendar_feeds_v1 (feed, owner, shows, token_hash, opened_at)
                     VALUES ($1, $2, $3::text::jsonb, $4, $5)",
                )
                .bind(event.aggregate_id)
                .bind(owner.as_uuid())
                .bind(to_json(shows)?)
                .bind(token_hash)
                .bind(event.occurred_on)
                .execute(&mut *fold.transaction)
                .await?
            }
            CalendarFeedEvent::CalendarFeedRevoked {} => {
                sqlx::query("UPDATE calendar_feeds_v1 SET revoked_at = $2 WHERE feed = $1")
                    .bind(event.aggregate_id)
                    .bind(event.occurred_on)
                    .execute(&mut *fold.transaction)
                    .await?
            }
        };
        ProjectionError::unless_written(written.rows_affected(), 1)
    }
}

/// A feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarFeed {
    /// The feed.
    pub feed: FeedId,
    /// Who reads it.
    pub owner: AccountId,
    /// What it shows.
    pub shows: FeedScope,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl FromRow<'_, PgRow> for CalendarFeed {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            feed: FeedId::from_uuid(row.try_get("feed")?),
            owner: AccountId::from_uuid(row.try_get("owner")?),
            shows: of_json(row.try_get("shows")?)?,
            opened_at: row.try_get("opened_at")?,
            revoked_at: row.try_get("revoked_at")?,
        })
    }
}

/// The feed that a token opens, by the SHA-256 of the token in hexadecimal; none for one that was revoked.
///
/// # Errors
/// Those of the database.
pub async fn opened_by(database: impl PgExecutor<'_>, token_hash: &str) -> Result<Option<CalendarFeed>, sqlx::Error> {
    sqlx::query_as(
        "SELECT feed, owner, shows::text, opened_at, revoked_at FROM projections.calendar_feeds_v1
         WHERE token_hash = $1 AND revoked_at IS NULL",
    )
    .bind(token_hash)
    .fetch_optional(database)
    .await
}

/// The feeds of somebody, in the order of their making.
///
/// # Errors
/// Those of the database.
pub async fn of(database: impl PgExecutor<'_>, owner: AccountId) -> Result<Vec<CalendarFeed>, sqlx::Error> {
    sqlx::query_as(
        "SELECT feed, owner, shows::text, opened_at, revoked_at FROM projections.calendar_feeds_v1
         WHERE owner = $1 ORDER BY feed",
    )
    .bind(owner.as_uuid())
    .fetch_all(database)
    .await
}
