use super::account_row::AccountRow;
use super::show_account;
use super::tags::Content;
use crate::who::Who;
use crate::{ReadApi, answer, problems};
use axum::extract::State;
use axum::response::Response;
use web::Problem;
use web::at_least::AtLeast;
use web::precondition::{Preconditions, not_modified};

/// My account.
#[utoipa::path(
    get,
    path = "/v1/me",
    tag = "accounts",
    params(AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses((status = 200, description = "My account", body = AccountRow), (status = 304, description = "As you have it"))
)]
pub(crate) async fn show_me(
    State(api): State<ReadApi>,
    who: Who,
    at_least: AtLeast,
    preconditions: Preconditions,
) -> Result<Response, Problem> {
    match unchanged(&api, &who, at_least, &preconditions).await? {
        Some(answer) => Ok(answer),
        None => show_account::answer(&api, who.account, at_least, &preconditions).await,
    }
}

/// 304, where what was read to know him tells that he has his account as it is.
async fn unchanged(
    api: &ReadApi,
    who: &Who,
    at_least: AtLeast,
    preconditions: &Preconditions,
) -> Result<Option<Response>, Problem> {
    let Some((shown, row)) = who.own_row() else { return Ok(None) };
    if at_least.position.is_some_and(|asked| asked.get() > shown.get().unsigned_abs()) {
        return Ok(None);
    }
    let keys = api.vault.generation().await.map_err(problems::vault)?;
    let tag = api.account_tags.of(Content { account: who.account, row, keys });
    let known = tag.filter(|tag| preconditions.is_fresh(tag));
    Ok(known.map(|tag| answer::at(shown, not_modified(tag))))
}
