use super::account_row::AccountRow;
use super::show_account;
use crate::ReadApi;
use crate::who::Who;
use axum::extract::State;
use axum::response::Response;
use web::Problem;
use web::at_least::AtLeast;
use web::precondition::Preconditions;

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
    show_account::answer(&api, who.account, at_least, &preconditions).await
}
