use super::access;
use crate::who::Who;
use crate::{ReadApi, answer, freshness, problems};
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use chrono::{DateTime, Utc};
use projections::leave::{absences, queue};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use web::Problem;
use web::at_least::AtLeast;
use web::page::{Cursor, Limit, Page};
use web::precondition::Preconditions;
use web::query::Query;

const LIST: &str = "my-notices";

/// How many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// How many at most.
    #[param(value_type = Option<Limit>, inline)]
    #[serde(default)]
    limit: Limit,
    /// Where the page starts: what `next` of the page before holds.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// Something that one is told: that it happened, never why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NoticeRow {
    /// Where it stands in the journal.
    position: i64,
    /// What happened, by the stored name of the event.
    #[schema(example = "LeaveRequested")]
    r#type: String,
    /// About the leave of whom.
    agent: Uuid,
    /// About which leave or sickness.
    absence: Option<Uuid>,
    /// When.
    occurred_at: DateTime<Utc>,
}

/// What I am told, as agent, as validator, as replacement; the newest first.
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
    at_least: AtLeast,
    preconditions: Preconditions,
    OriginalUri(uri): OriginalUri,
) -> Result<Response, Problem> {
    let key = asked.cursor.map(|cursor| cursor.key(LIST)).transpose()?;
    let before = key.map(freshness::of_web).transpose()?;
    let limit = answer::rows(asked.limit);
    let [employments, units, delegations] = access::NAMES;
    let shown = api.shown(at_least, &[absences::NAME, employments, units, delegations]).await?;
    let validator = access::validator(&api, &who).await?;
    let found = queue::notices(api.pool(), &validator, before, limit + 1).await.map_err(problems::database)?;
    let positions = found.iter().map(queue::Told::position).collect::<Result<Vec<_>, _>>();
    let found = positions.map_err(problems::database)?.into_iter().zip(found).collect();
    let (found, last) = answer::first(found, limit, |(position, _)| *position);
    let next = last.map(|last| Cursor::after(LIST, &last)).transpose()?;
    let rows = found.into_iter().map(|(position, told)| NoticeRow {
        position: position.get(),
        r#type: told.name,
        agent: told.agent,
        absence: told.absence,
        occurred_at: told.occurred_at,
    });
    answer::page(&preconditions, shown, rows.collect(), next.as_ref(), &uri)
}
