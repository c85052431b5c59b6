use super::lots::Lookup;
use super::names::Person;
use crate::ReadApi;
use crate::listing::Listing;
use crate::who::Who;
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use events::AccountId;
use events::leave::Counter;
use rules::{Employment, HalfDays, Ledger, RuleBook, ledger};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::Problem;
use web::at_least::AtLeast;
use web::date::Day;
use web::page::{Cursor, Limit, Page};
use web::precondition::Preconditions;
use web::query::Query;

const LIST: &str = "year-end-losses";

/// As of when, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// As of this civil date: today in Paris where nothing is said.
    #[param(value_type = Option<NaiveDate>)]
    at: Option<Day>,
    /// How many agents are looked at at once; a page shows those of the first such lot in which somebody loses something,
    /// and is empty with a `next` only after 2,000 agents who lose nothing.
    #[param(value_type = Option<Limit>, inline)]
    #[serde(default)]
    limit: Limit,
    /// Where the page starts: the `cursor` of the address that `next` of the page before is.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// What an agent is about to lose.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct YearEndLoss {
    /// Who.
    who: Person,
    /// From which counter.
    #[schema(example = "annual-leave:2026")]
    counter: String,
    /// How many half-days.
    half_days: u32,
    /// The last day on which they may be used.
    usable_until: NaiveDate,
    /// The warning that is due: 90, 30 or 7 days ahead.
    #[schema(example = 30)]
    days_ahead: u16,
}

/// What agents will lose of their own days within 90 days if they do not use it, and when; for human resources. Of who is
/// recorded with a week longer than the law allows (D 2000-815 art. 3) RTT are left out: they cannot be told.
#[utoipa::path(
    get,
    path = "/v1/year-end-losses",
    tag = "leave",
    params(Asked, AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses(
        (status = 200, description = "A page of losses", body = Page<YearEndLoss>),
        (status = 304, description = "As you have it")
    )
)]
pub(crate) async fn list_year_end_losses(
    State(api): State<ReadApi>,
    who: Who,
    Query(asked): Query<Asked>,
    listing: Listing,
) -> Result<Response, Problem> {
    let at = asked.at.map_or_else(|| api.today(), |Day(at)| at);
    let lookup = Lookup { list: LIST, limit: asked.limit, cursor: asked.cursor };
    let row = |who, Ending { counter, half_days, until: usable_until, days_ahead }| {
        let (counter, half_days) = (counter.to_string(), half_days.get());
        YearEndLoss { who, counter, half_days, usable_until, days_ahead }
    };
    let find =
        |agent, ledger: &Ledger, book: &RuleBook, employment: &Employment| endings(agent, employment, ledger, at, book);
    lookup.answer(&api, &who, listing, |employment| employment.in_service(at), find, row).await
}

struct Ending {
    counter: Counter,
    half_days: HalfDays,
    until: NaiveDate,
    days_ahead: u16,
}

/// What an agent is about to lose.
fn endings(
    agent: AccountId,
    employment: &Employment,
    ledger: &Ledger,
    at: NaiveDate,
    book: &RuleBook,
) -> Result<Vec<Ending>, Problem> {
    let balances = ledger.balances(at, book, employment).map_err(super::show_balance::outside)?;
    for (counter, reason) in balances.untold {
        tracing::warn!(%agent, %counter, error = %reason, "what an agent loses cannot be told");
    }
    let lost_unused = balances.told.into_iter().filter(|balance| balance.counter.kind().is_lost_unused());
    let lots = lost_unused.flat_map(|balance| balance.ends.into_iter().map(move |lot| (balance.counter, lot)));
    let endings = lots.filter_map(|(counter, ledger::Ending { half_days, until })| {
        let days_ahead = book.at(until).year_end().ok()?.warning_due((until - at).num_days())?;
        Some(Ending { counter, half_days, until, days_ahead })
    });
    Ok(endings.collect())
}
