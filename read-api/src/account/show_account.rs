use super::account_row::{AccountRow, opened};
use super::list_accounts::READERS;
use super::tags::Content;
use crate::who::Who;
use crate::{ReadApi, answer, problems};
use axum::extract::State;
use axum::response::Response;
use events::AccountId;
use projections::account::accounts;
use uuid::Uuid;
use web::Problem;
use web::at_least::AtLeast;
use web::kinds::NOT_FOUND;
use web::path::Path;
use web::precondition::Preconditions;

/// One account, for the administration and human resources.
#[utoipa::path(
    get,
    path = "/v1/accounts/{id}",
    tag = "accounts",
    params(("id" = Uuid, Path, description = "The account"), AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses((status = 200, description = "The account", body = AccountRow), (status = 304, description = "As you have it"))
)]
pub(crate) async fn show_account(
    State(api): State<ReadApi>,
    who: Who,
    Path(id): Path<Uuid>,
    at_least: AtLeast,
    preconditions: Preconditions,
) -> Result<Response, Problem> {
    who.has_one_of(READERS)?;
    answer(&api, AccountId::from_uuid(id), at_least, &preconditions).await
}

/// # Errors
/// 404 for an account that is not there; 503 `behind`, `unavailable`.
pub(super) async fn answer(
    api: &ReadApi,
    account: AccountId,
    at_least: AtLeast,
    preconditions: &Preconditions,
) -> Result<Response, Problem> {
    api.wait(at_least, &[accounts::NAME]).await?;
    let (shown, account) = api.accounts.get(account).await.map_err(problems::database)?.unwrap_or_default();
    let account = account.ok_or_else(|| Problem::from(&NOT_FOUND))?;
    // Before anything is opened: what a key destroyed since leaves of it is never looked for under this generation.
    let keys = api.vault.generation().await.map_err(problems::vault)?;
    let content = Content { account: account.account, row: account.version, keys };
    let rows = opened(&api.vault, &[account]).await?;
    let row = rows.first().ok_or_else(|| Problem::from(&NOT_FOUND))?;
    let answer = answer::json(preconditions, shown, row)?;
    api.account_tags.note(content, &answer);
    Ok(answer)
}
