use super::access;
use crate::listing::{Asked, Listing};
use crate::who::Who;
use crate::{ReadApi, freshness, problems};
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use projections::leave::{absences, notices};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::Problem;
use web::at_least::AtLeast;
use web::page::Page;
use web::precondition::Preconditions;
use web::query::Query;

const LIST: &str = "my-notices";

/// Something that one is told: that it happened, never why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NoticeRow {
    /// Where it stands in the journal.
    position: i64,
    /// What happened, by the stored name of the event; `DaysGivenBack` where half-days of a leave count no more,
    /// `ReplacementReleased` where another is asked to stand in. Of `OverdraftAnnounced` human resources read more in
    /// `/v1/overdrafts`.
    #[schema(example = "LeaveRequested")]
    r#type: String,
    /// About the leave of whom.
    agent: Uuid,
    /// About which leave (`/v1/leave-requests/{id}`), sickness of one's own (`/v1/me/sicknesses`), or gift.
    absence: Option<Uuid>,
    /// What ends unused unless it is taken, where one is told of it (`LossAnnounced`).
    #[serde(skip_serializing_if = "Option::is_none")]
    loss: Option<AnnouncedLoss>,
    /// When.
    occurred_at: DateTime<Utc>,
}

/// Days of one's own that end unused unless they are taken.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AnnouncedLoss {
    /// The counter.
    #[schema(example = "annual-leave:2026")]
    counter: String,
    /// How many half-days.
    half_days: i32,
    /// The last day on which they may be used.
    usable_until: NaiveDate,
}

impl From<notices::Loss> for AnnouncedLoss {
    fn from(notices::Loss { counter, half_days, usable_until }: notices::Loss) -> Self {
        Self { counter, half_days, usable_until }
    }
}

/// What I am told, as agent, as validator or in his place, as replacement; the newest first.
#[utoipa::path(
    get,
    path = "/v1/me/notices",
    tag = "leave",
    params(Asked, AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses(
        (status = 200, description = "A page of notices", body = Page<NoticeRow>),
        (status = 304, description = "As you have it")
    )
)]
pub(crate) async fn list_notices(
    State(api): State<ReadApi>,
    who: Who,
    Query(asked): Query<Asked>,
    listing: Listing,
) -> Result<Response, Problem> {
    let page = listing.page(LIST, asked.limit, asked.cursor)?;
    let before = page.after.map(freshness::of_web).transpose()?;
    let [employments, units, delegations] = access::NAMES;
    let shown = api.shown(page.at_least(), &[absences::NAME, employments, units, delegations]).await?;
    let validator = access::validator(&api, &who).await?;
    let found = notices::page(api.pool(), &validator, before, page.rows()).await.map_err(problems::database)?;
    let positions = found.iter().map(notices::Told::position).collect::<Result<Vec<_>, _>>();
    let found = positions.map_err(problems::database)?.into_iter().zip(found).collect();
    let (found, next) = page.cut(found, |(position, _)| *position)?;
    let rows = found.into_iter().map(|(position, told)| NoticeRow {
        position: position.get(),
        loss: told.loss().map(AnnouncedLoss::from),
        r#type: told.name,
        agent: told.agent,
        absence: told.absence,
        occurred_at: told.occurred_at,
    });
    page.answer(shown, rows.collect(), next.as_ref())
}
