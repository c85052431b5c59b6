//! `POST /v1/accounts/{id}/reactivation`

use super::AccountChanged;
use crate::acting::{Who, keyed};
use crate::api::position;
use crate::words::Words;
use crate::{WriteApi, problems, seal};
use axum::extract::State;
use commands::Execution;
use commands::account::{Account, ReactivateAccount};
use events::AccountId;
use events::account::Role;
use serde::Deserialize;
use utoipa::ToSchema;
use web::Problem;
use web::command::Command;
use web::idempotency::IdempotencyKey;
use web::kinds::{NOT_ALLOWED, NOT_FOUND, NOT_SUSPENDED};
use web::path::Path;
use web::position::Recorded;

/// Why an account is reactivated.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Reactivation {
    /// Why, in the administrator's words; kept sealed.
    motive: Words,
}

/// Lifts a suspension; the count starts again at zero. Needs the role `administrator`, and another account than one's
/// own.
#[utoipa::path(
    post, path = "/v1/accounts/{id}/reactivation", operation_id = "reactivateAccount", tag = "accounts",
    params(("id" = Uuid, Path, description = "The account"), IdempotencyKey), request_body = Reactivation,
    responses((status = 200, description = "The account takes logins again", body = Recorded<AccountChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn reactivate_account(
    State(api): State<WriteApi>,
    who: Who,
    Path(account): Path<AccountId>,
    command: Command<Reactivation>,
) -> Result<Recorded<AccountChanged>, Problem> {
    let metadata = keyed(who.acting_as(Role::Administrator, api.clock.now())?, &command, &())?;
    let unit = api.journal.unit::<Account>(metadata.clone());
    let known = unit.fresh_state(account).await.map_err(problems::reading)?.into_inner();
    if known.credential().is_none() {
        // Before anything is sealed: a key is made for nobody.
        return Err(Problem::from(&NOT_FOUND));
    }
    let motive =
        seal::reactivation_motive(&api.vault, account, metadata.correlation, command.body.motive.as_str()).await;
    let (motive, by) = (motive.map_err(problems::vault)?, metadata.actor);
    let executed = Execution::<Account>::new(&api.journal, metadata)
        .on(account, ReactivateAccount { account, motive, by }.into())
        .await
        .map_err(problems::account)?;
    Ok(Recorded::done(position(executed.receipt.position), AccountChanged { account: account.as_uuid() }))
}

pub(crate) const PROBLEMS: &[&web::Kind] = &[&NOT_ALLOWED, &NOT_FOUND, &NOT_SUSPENDED];
