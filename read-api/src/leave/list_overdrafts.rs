use super::lots::first_found;
use super::names::{Names, Person};
use crate::listing::{Asked, Listing};
use crate::who::Who;
use crate::{ReadApi, problems};
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use events::AccountId;
use events::account::Role;
use projections::leave::employments;
use rules::ledger;
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
    who.has_one_of(&[Role::Hr])?;
    let page = listing.page::<AccountId>(LIST, asked.limit, asked.cursor)?;
    let shown = api.shown(page.at_least(), &[employments::NAME]).await?;
    let book = api.laws.known(None).await.map_err(problems::law)?;
    let (found, next) = first_found(
        &api,
        &page,
        |_| true,
        |agent, employment, ledger| {
            Ok(ledger.overdrafts(&book, employment).into_iter().map(|overdraft| (agent, overdraft)).collect())
        },
    )
    .await?;
    let names = Names::of(&api, found.iter().map(|(agent, _)| *agent)).await?;
    let overdrafts = found.into_iter().map(|(agent, ledger::Overdraft { counter, by, first, last })| Overdraft {
        who: names.person(agent),
        counter: counter.to_string(),
        half_days: by.get(),
        first,
        last,
    });
    page.answer(shown, overdrafts.collect(), next.as_ref())
}
