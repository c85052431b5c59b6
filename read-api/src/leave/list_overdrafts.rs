use super::lots::Lookup;
use super::names::Person;
use crate::ReadApi;
use crate::listing::{Asked, Listing};
use crate::who::Who;
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use rules::{Employment, Ledger, RuleBook, ledger};
use serde::Serialize;
use utoipa::ToSchema;
use web::Problem;
use web::at_least::AtLeast;
use web::page::Page;
use web::precondition::Preconditions;
use web::query::Query;

const LIST: &str = "overdrafts";

/// A counter of which an agent has used more than there is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Overdraft {
    /// Who.
    who: Person,
    /// The counter.
    #[schema(example = "annual-leave:2026")]
    counter: String,
    /// By how many half-days.
    half_days: u32,
    /// The first day on which it is used.
    first: NaiveDate,
    /// The last.
    last: NaiveDate,
}

/// The counters of which more is used than there is, since an employment, a credit or the rules were corrected: for human
/// resources to settle with the agent, by an advance or a correction of leave. A page shows those of the first `limit`
/// agents of whom there are any, and is empty with a `next` only after 2,000 agents who have none.
#[utoipa::path(
    get,
    path = "/v1/overdrafts",
    tag = "leave",
    params(Asked, AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses(
        (status = 200, description = "A page of overdrafts", body = Page<Overdraft>),
        (status = 304, description = "As you have it")
    )
)]
pub(crate) async fn list_overdrafts(
    State(api): State<ReadApi>,
    who: Who,
    Query(asked): Query<Asked>,
    listing: Listing,
) -> Result<Response, Problem> {
    let lookup = Lookup { list: LIST, limit: asked.limit, cursor: asked.cursor };
    let row = |who, ledger::Overdraft { counter, by, first, last }| Overdraft {
        who,
        counter: counter.to_string(),
        half_days: by.get(),
        first,
        last,
    };
    let find = |_, ledger: &Ledger, book: &RuleBook, employment: &Employment| Ok(ledger.overdrafts(book, employment));
    lookup.answer(&api, &who, listing, |_| true, find, row).await
}
