use super::request_row::RequestRow;
use crate::listing::{Asked, Listing};
use crate::who::Who;
use crate::{ReadApi, problems};
use axum::extract::State;
use axum::response::Response;
use events::LeaveId;
use projections::leave::absences;
use web::Problem;
use web::at_least::AtLeast;
use web::page::Page;
use web::precondition::Preconditions;
use web::query::Query;

const LIST: &str = "my-leave-requests";

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
    listing: Listing,
) -> Result<Response, Problem> {
    let page = listing.page::<LeaveId>(LIST, asked.limit, asked.cursor)?;
    let shown = api.shown(page.at_least(), &[absences::NAME]).await?;
    let found = absences::leaves_of(api.pool(), who.account, page.after, page.rows()).await;
    let (found, next) = page.cut(found.map_err(problems::database)?, |leave| LeaveId::from_uuid(leave.absence))?;
    page.answer(shown, found.iter().filter_map(RequestRow::of).collect(), next.as_ref())
}
