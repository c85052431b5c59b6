use crate::who::Who;
use crate::{ReadApi, answer, problems};
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use events::calendar_feed::FeedScope;
use projections::leave::calendar_feeds::{self, CalendarFeed};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::Problem;
use web::at_least::AtLeast;
use web::precondition::Preconditions;

/// A feed; its token is known to its owner alone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FeedRow {
    /// The feed.
    feed: Uuid,
    /// The unit whose absences it shows; null for one's own.
    unit: Option<Uuid>,
    /// When it was opened.
    opened_at: DateTime<Utc>,
    /// When it was revoked.
    revoked_at: Option<DateTime<Utc>>,
}

/// My calendar feeds, in the order of their making.
#[utoipa::path(
    get,
    path = "/v1/me/calendar-feeds",
    tag = "leave",
    params(AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses((status = 200, description = "The feeds", body = Vec<FeedRow>), (status = 304, description = "As you have it"))
)]
pub(crate) async fn list_calendar_feeds(
    State(api): State<ReadApi>,
    who: Who,
    at_least: AtLeast,
    preconditions: Preconditions,
) -> Result<Response, Problem> {
    let shown = api.shown(at_least, &[calendar_feeds::NAME]).await?;
    let found = calendar_feeds::of(api.pool(), who.account).await.map_err(problems::database)?;
    let row = |one: &CalendarFeed| FeedRow {
        feed: one.feed.as_uuid(),
        unit: match one.shows {
            FeedScope::Own => None,
            FeedScope::Unit(unit) => Some(unit.as_uuid()),
        },
        opened_at: one.opened_at,
        revoked_at: one.revoked_at,
    };
    answer::json(&preconditions, shown, &found.iter().map(row).collect::<Vec<_>>())
}
