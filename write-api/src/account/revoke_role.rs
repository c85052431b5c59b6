//! `POST /v1/accounts/{id}/roles/{role}/revocation`

use super::{AccountChanged, NothingMore};
use crate::acting::{Who, keyed};
use crate::api::position;
use crate::{WriteApi, problems};
use axum::extract::State;
use commands::Execution;
use commands::account::{Account, RevokeRole};
use events::AccountId;
use events::account::Role;
use serde::Deserialize;
use web::Problem;
use web::command::Command;
use web::idempotency::IdempotencyKey;
use web::kinds::{NOT_ALLOWED, NOT_FOUND, ROLE_NOT_HELD};
use web::path::Path;
use web::position::Recorded;

/// A role of an account.
#[derive(Deserialize)]
pub(crate) struct Held {
    id: AccountId,
    role: Role,
}

/// Takes a role; open sessions of the account have it no longer. Needs the role `administrator`.
#[utoipa::path(
    post, path = "/v1/accounts/{id}/roles/{role}/revocation", operation_id = "revokeRole", tag = "accounts",
    params(
        ("id" = Uuid, Path, description = "The account"),
        ("role" = String, Path, description = "The role", example = "manager"),
        IdempotencyKey,
    ),
    request_body = NothingMore,
    responses((status = 200, description = "The account holds the role no longer", body = Recorded<AccountChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn revoke_role(
    State(api): State<WriteApi>,
    who: Who,
    Path(Held { id: account, role }): Path<Held>,
    command: Command<NothingMore>,
) -> Result<Recorded<AccountChanged>, Problem> {
    let metadata = keyed(who.acting_as(Role::Administrator, api.clock.now())?, &command, &())?;
    let executed = Execution::<Account>::new(&api.journal, metadata)
        .on(account, RevokeRole { role }.into())
        .await
        .map_err(problems::account)?;
    Ok(Recorded::done(position(executed.receipt.position), AccountChanged { account: account.as_uuid() }))
}

pub(crate) const PROBLEMS: &[&web::Kind] = &[&NOT_ALLOWED, &NOT_FOUND, &ROLE_NOT_HELD];
