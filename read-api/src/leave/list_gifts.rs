use super::names::{Names, Person};
use crate::listing::{Asked, Listing};
use crate::who::Who;
use crate::{ReadApi, problems};
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use events::GiftId;
use events::account::Role;
use projections::leave::gifts::{self, Gift};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::Problem;
use web::at_least::AtLeast;
use web::page::Page;
use web::precondition::Preconditions;
use web::query::Query;

const WAITING: &str = "gifts";
const MINE: &str = "my-gifts";

/// A gift of days that waits for who receives it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WaitingGift {
    #[serde(flatten)]
    gift: GiftRow,
    /// Who gives: `POST /v1/agents/{id}/gifts` says who receives.
    donor: Person,
}

/// A gift of days, as its donor declared it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GiftRow {
    /// The gift.
    gift: Uuid,
    /// From which counter.
    #[schema(example = "rtt:2026")]
    counter: String,
    /// How many half-days.
    half_days: i32,
    /// When it was declared.
    declared_on: NaiveDate,
    /// `waiting`, `given` or `withdrawn`.
    #[schema(example = "waiting")]
    status: String,
}

impl From<Gift> for GiftRow {
    fn from(gift: Gift) -> Self {
        let Gift { gift, donor: _, counter, half_days, declared_on, status } = gift;
        Self { gift: gift.as_uuid(), counter, half_days, declared_on, status }
    }
}

/// The gifts of days that wait for who receives them, in the order of their declaration; for human resources.
#[utoipa::path(
    get,
    path = "/v1/gifts",
    tag = "leave",
    params(Asked, AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses(
        (status = 200, description = "A page of gifts", body = Page<WaitingGift>),
        (status = 304, description = "As you have it")
    )
)]
pub(crate) async fn list_gifts(
    State(api): State<ReadApi>,
    who: Who,
    Query(asked): Query<Asked>,
    listing: Listing,
) -> Result<Response, Problem> {
    who.has_one_of(&[Role::Hr])?;
    let page = listing.page::<GiftId>(WAITING, asked.limit, asked.cursor)?;
    let shown = api.shown(page.at_least(), &[gifts::NAME]).await?;
    let found = gifts::waiting(api.pool(), page.after, page.rows()).await.map_err(problems::database)?;
    let (found, next) = page.cut(found, |gift| gift.gift)?;
    let names = Names::of(&api, found.iter().map(|gift| gift.donor)).await?;
    let row = |gift: Gift| WaitingGift { donor: names.person(gift.donor), gift: gift.into() };
    page.answer(shown, found.into_iter().map(row).collect(), next.as_ref())
}

/// The gifts of days that I declared and what became of them, never who received them; in the order of their
/// declaration.
#[utoipa::path(
    get,
    path = "/v1/me/gifts",
    tag = "leave",
    params(Asked, AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses(
        (status = 200, description = "A page of gifts", body = Page<GiftRow>),
        (status = 304, description = "As you have it")
    )
)]
pub(crate) async fn list_my_gifts(
    State(api): State<ReadApi>,
    who: Who,
    Query(asked): Query<Asked>,
    listing: Listing,
) -> Result<Response, Problem> {
    let page = listing.page::<GiftId>(MINE, asked.limit, asked.cursor)?;
    let shown = api.shown(page.at_least(), &[gifts::NAME]).await?;
    let found = gifts::of(api.pool(), who.account, page.after, page.rows()).await.map_err(problems::database)?;
    let (found, next) = page.cut(found, |gift| gift.gift)?;
    page.answer(shown, found.into_iter().map(GiftRow::from).collect(), next.as_ref())
}
