use super::account_row::AccountRow;
use super::show_account;
use crate::ReadApi;
use crate::sessions::Own;
use axum::extract::State;
use axum::response::Response;
use events::AccountId;
use web::Problem;
use web::at_least::AtLeast;
use web::precondition::Preconditions;
use web::session::{Caller, SignedIn};

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
    Caller { signed_in: SignedIn { account, grants: own, .. }, .. }: Caller<Own>,
    at_least: AtLeast,
    preconditions: Preconditions,
) -> Result<Response, Problem> {
    match at_least.position {
        // Only one who is signed in may wait.
        Some(_) => show_account::answer(&api, AccountId::from_uuid(account), at_least, &preconditions).await,
        None => show_account::answer_with(&api, own.shown, own.account, &preconditions).await,
    }
}
