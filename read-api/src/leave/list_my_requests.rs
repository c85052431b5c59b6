use super::request_row::RequestRow;
use crate::who::Who;
use crate::{ReadApi, answer, problems};
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use events::LeaveId;
use projections::leave::absences;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;
use web::Problem;
use web::at_least::AtLeast;
use web::page::{Cursor, Limit, Page};
use web::precondition::Preconditions;
use web::query::Query;

const LIST: &str = "my-leave-requests";

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

/// My leave, asked for or recorded, the newest first.
#[utoipa::path(
    get,
    path = "/v1/me/leave-requests",
    tag = "leave",
    params(Asked, AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses(
        (status = 200, description = "A page of leave", body = Page<RequestRow>),
        (status = 304, description = "As you have it")
    )
)]
pub(crate) async fn list_my_requests(
    State(api): State<ReadApi>,
    who: Who,
    Query(asked): Query<Asked>,
    at_least: AtLeast,
    preconditions: Preconditions,
    OriginalUri(uri): OriginalUri,
) -> Result<Response, Problem> {
    let before = asked.cursor.map(|cursor| cursor.key::<Uuid>(LIST)).transpose()?.map(LeaveId::from_uuid);
    let limit = answer::rows(asked.limit);
    let shown = api.shown(at_least, &[absences::NAME]).await?;
    let found = absences::leaves_of(api.pool(), who.account, before, limit + 1).await.map_err(problems::database)?;
    let (found, last) = answer::first(found, limit, |leave| leave.absence);
    let next = last.map(|last| Cursor::after(LIST, &last)).transpose()?;
    answer::page(&preconditions, shown, found.iter().filter_map(RequestRow::of).collect(), next.as_ref(), &uri)
}
