use super::account_row::{AccountRow, opened};
use crate::listing::Listing;
use crate::who::Who;
use crate::{ReadApi, problems};
use axum::extract::State;
use axum::response::Response;
use events::AccountId;
use events::account::Role;
use projections::account::accounts::{self, AccountFilter};
use projections::account::state::Status;
use serde::{Deserialize, Deserializer, de};
use utoipa::IntoParams;
use web::Problem;
use web::at_least::AtLeast;
use web::page::{Cursor, Limit, Page};
use web::precondition::Preconditions;
use web::query::Query;

/// Who may see the accounts of others.
pub(super) const READERS: &[Role] = &[Role::Administrator, Role::Hr];

const LIST: &str = "accounts";

/// Which accounts, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// Those with this status: `provisioned`, `active` or `suspended`.
    #[param(value_type = Option<String>)]
    #[serde(default, deserialize_with = "status")]
    status: Option<Status>,
    /// Those that hold this role.
    #[param(value_type = Option<String>)]
    role: Option<Role>,
    /// How many at most.
    #[param(value_type = Option<Limit>, inline)]
    #[serde(default)]
    limit: Limit,
    /// Where the page starts: the `cursor` of the address that `next` of the page before is.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Status>, D::Error> {
    let name = String::deserialize(deserializer)?;
    let status = name.parse().map_err(|_| {
        de::Error::invalid_value(de::Unexpected::Str(&name), &"one of `provisioned`, `active`, `suspended`")
    });
    status.map(Some)
}

/// The overview of accounts, for the administration and human resources; in the order of their making.
#[utoipa::path(
    get,
    path = "/v1/accounts",
    tag = "accounts",
    params(Asked, AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses(
        (status = 200, description = "A page of accounts", body = Page<AccountRow>),
        (status = 304, description = "As you have it")
    )
)]
pub(crate) async fn list_accounts(
    State(api): State<ReadApi>,
    who: Who,
    Query(asked): Query<Asked>,
    listing: Listing,
) -> Result<Response, Problem> {
    who.has_one_of(READERS)?;
    let page = listing.page::<AccountId>(LIST, asked.limit, asked.cursor)?;
    let filter = AccountFilter { status: asked.status, role: asked.role };
    let shown = api.shown(page.at_least(), &[accounts::NAME]).await?;
    let found = accounts::page(api.pool(), filter, page.after, page.rows()).await.map_err(problems::database)?;
    let (found, next) = page.cut(found, |account| account.account)?;
    page.answer(shown, opened(&api.vault, &found).await?, next.as_ref())
}
