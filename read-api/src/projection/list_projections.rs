use super::standing_row::StandingRow;
use crate::who::Who;
use crate::{ReadApi, answer, problems};
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use events::account::Role;
use projections::standings;
use web::Problem;
use web::at_least::AtLeast;
use web::page::Page;
use web::precondition::Preconditions;

/// Where every projection stands: how far, how late, and why it stands still if it does.
#[utoipa::path(
    get,
    path = "/v1/projections",
    tag = "operations",
    params(AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses(
        (status = 200, description = "The projections", body = Page<StandingRow>),
        (status = 304, description = "As you have it")
    )
)]
pub(crate) async fn list_projections(
    State(api): State<ReadApi>,
    who: Who,
    at_least: AtLeast,
    preconditions: Preconditions,
    OriginalUri(uri): OriginalUri,
) -> Result<Response, Problem> {
    who.has_one_of(&[Role::Administrator, Role::Auditor])?;
    let head = api.recorded(at_least).await?;
    let standings = standings(api.pool()).await.map_err(problems::database)?;
    answer::page(&preconditions, head, standings.into_iter().map(StandingRow::from).collect(), None, &uri)
}
