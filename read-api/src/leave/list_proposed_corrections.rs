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

/// A correction that what is recorded now asks for: of a leave, or of a right.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Proposal {
    /// Of a leave that the calendar or the employment of now would count otherwise.
    Leave {
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
    },
    /// Of what was carried over after an absence, or saved of annual leave, and would not be now that the absence or the
    /// leave was corrected.
    Right {
        /// Whose it is.
        who: Person,
        /// The counter (`/v1/agents/{id}/debits`).
        #[schema(example = "carried-over:2025")]
        counter: String,
        /// The half-days that nothing founds any more.
        debit: u32,
    },
}

enum Found {
    Leave(ledger::Proposal),
    Right(ledger::Unfounded),
}

/// The leave that the calendar or the employment of now would count otherwise, and the rights whose ground a correction has
/// taken away: what was decided stays as it was counted, and human resources correct it or not. A page shows those of the
/// first `limit` agents of whom there are any, and is empty with a `next` only after 2,000 agents of whom there is none.
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
    let row = |who, found| match found {
        Found::Leave(ledger::Proposal { leave, release, add }) => {
            Proposal::Leave { who, leave: leave.as_uuid(), release, add }
        }
        Found::Right(ledger::Unfounded { counter, half_days }) => {
            Proposal::Right { who, counter: counter.to_string(), debit: half_days.get() }
        }
    };
    let find = |_, ledger: &Ledger, book: &RuleBook, employment: &Employment| {
        let leaves = ledger.proposals(book, employment).into_iter().map(Found::Leave);
        Ok(leaves.chain(ledger.unfounded(book, employment).into_iter().map(Found::Right)).collect())
    };
    lookup.answer(&api, &who, listing, |_| true, find, row).await
}
