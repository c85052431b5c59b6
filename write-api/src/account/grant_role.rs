//! `POST /v1/accounts/{id}/roles`

use super::AccountChanged;
use crate::acting::{Who, keyed};
use crate::api::position;
use crate::{WriteApi, problems};
use axum::extract::State;
use commands::Execution;
use commands::account::{Account, GrantRole};
use events::account::Role;
use events::{AccountId, Metadata};
use journal::Receipt;
use serde::Deserialize;
use utoipa::ToSchema;
use web::Problem;
use web::command::Command;
use web::idempotency::IdempotencyKey;
use web::kinds::{NOT_ALLOWED, NOT_FOUND, ROLE_ALREADY_GRANTED};
use web::path::Path;
use web::position::Recorded;

/// A role to give.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Grant {
    /// One of agent, manager, hr, hr-health, auditor, administrator, data-protection.
    #[schema(value_type = String, example = "manager")]
    role: Role,
}

/// Gives a role. Needs the role `administrator`, and another account than one's own.
#[utoipa::path(
    post, path = "/v1/accounts/{id}/roles", operation_id = "grantRole", tag = "accounts",
    params(("id" = Uuid, Path, description = "The account"), IdempotencyKey), request_body = Grant,
    responses((status = 201, description = "The account holds the role", body = Recorded<AccountChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn grant_role(
    State(api): State<WriteApi>,
    who: Who,
    Path(account): Path<AccountId>,
    command: Command<Grant>,
) -> Result<Recorded<AccountChanged>, Problem> {
    let metadata = keyed(who.acting_as(Role::Administrator, api.clock.now())?, &command, &())?;
    let receipt = grant(&api, account, command.body.role, metadata).await?;
    Ok(Recorded::created(position(receipt.position), AccountChanged { account: account.as_uuid() }))
}

/// Gives a role, as whoever `metadata` says: the administration over HTTP, an operator for the first administrator.
///
/// # Errors
/// 404 for no account, 409 for a role that is held, 403 for one's own account; what the journal does not take.
pub async fn grant(api: &WriteApi, account: AccountId, role: Role, metadata: Metadata) -> Result<Receipt, Problem> {
    let command = GrantRole { account, role, by: metadata.actor };
    let executed = Execution::<Account>::new(&api.journal, metadata).on(account, command.into()).await;
    Ok(executed.map_err(problems::account)?.receipt)
}

pub(crate) const PROBLEMS: &[&web::Kind] = &[&NOT_ALLOWED, &NOT_FOUND, &ROLE_ALREADY_GRANTED];
