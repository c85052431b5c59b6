//! `POST /v1/accounts/{id}/roles/{role}/revocation`

use super::{AccountChanged, NothingMore};
use crate::acting::{Who, keyed};
use crate::api::position;
use crate::{WriteApi, problems};
use axum::extract::State;
use commands::Execution;
use commands::account::{Account, RevokeRole};
use events::AccountId;
use events::account::{Role, UnknownRole};
use web::command::Command;
use web::idempotency::IdempotencyKey;
use web::kinds::{NOT_ALLOWED, NOT_FOUND, ROLE_NOT_HELD};
use web::path::Path;
use web::position::Recorded;
use web::{Field, Problem, Text};

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
    Path((account, role)): Path<(AccountId, String)>,
    command: Command<NothingMore>,
) -> Result<Recorded<AccountChanged>, Problem> {
    let role: Role = role.parse().map_err(unknown_role)?;
    let metadata = keyed(who.acting_as(Role::Administrator, api.clock.now())?, &command, &())?;
    let executed = Execution::<Account>::new(&api.journal, metadata)
        .on(account, RevokeRole { role }.into())
        .await
        .map_err(problems::account)?;
    Ok(Recorded::done(position(executed.receipt.position), AccountChanged { account: account.as_uuid() }))
}

fn unknown_role(error: UnknownRole) -> Problem {
    Problem::invalid(Field::Path("role".into()), Text::made("rôle inconnu", error.to_string()))
}

pub(crate) const PROBLEMS: &[&web::Kind] = &[&NOT_ALLOWED, &NOT_FOUND, &ROLE_NOT_HELD];
