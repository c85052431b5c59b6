use super::lots::Lookup;
use super::names::Person;
use crate::ReadApi;
use crate::listing::{Asked, Listing};
use crate::who::Who;
use axum::extract::State;
use axum::response::Response;
use events::HalfDaySet;
use rules::{Employment, Ledger, RuleBook, ledger};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::Problem;
use web::at_least::AtLeast;
use web::page::Page;
use web::precondition::Preconditions;
use web::query::Query;

const LIST: &str = "proposed-corrections";

/// A correction of a leave that the calendar or the employment of now would ask for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Proposal {
    /// Whose leave it is.
    who: Person,
    /// The leave (`/v1/leave-requests/{id}/correct`).
    leave: Uuid,
    /// The half-days that it takes and on which no work is due any more.
    #[schema(value_type = Vec<String>, example = json!(["2026-05-15"]))]
    release: HalfDaySet,
    /// Those of its period on which work is due and that nothing takes.
    #[schema(value_type = Vec<String>, example = json!([]))]
    add: HalfDaySet,
}

/// The leave that the calendar or the employment of now would count otherwise: what was decided stays as it was counted,
/// and human resources correct it or not. A page shows that of the first `limit` agents of whom there is any, and is empty
/// with a `next` only after 2,000 agents of whom there is none.
#[utoipa::path(
    get,
    path = "/v1/proposed-corrections",
    tag = "leave",
    params(Asked, AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses(
        (status = 200, description = "A page of proposals", body = Page<Proposal>),
        (status = 304, description = "As you have it")
    )
)]
pub(crate) async fn list_proposed_corrections(
    State(api): State<ReadApi>,
    who: Who,
    Query(asked): Query<Asked>,
    listing: Listing,
) -> Result<Response, Problem> {
    let lookup = Lookup { list: LIST, limit: asked.limit, cursor: asked.cursor };
    let row = |who, ledger::Proposal { leave, release, add }| Proposal { who, leave: leave.as_uuid(), release, add };
    let find = |_, ledger: &Ledger, book: &RuleBook, employment: &Employment| Ok(ledger.proposals(book, employment));
    lookup.answer(&api, &who, listing, |_| true, find, row).await
}
