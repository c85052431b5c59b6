//! Delegations: somebody decides in the caller's place, for a time.

use super::first_said;
use super::surroundings::in_paris;
use super::typed::Day;
use crate::WriteApi;
use crate::acting::{Who, keyed};
use crate::api::position;
use axum::extract::State;
use commands::Execution;
use commands::delegation::{Delegation, GrantDelegation, RevokeDelegation};
use events::delegation::DelegationScope;
use events::leave::LeaveType;
use events::{AccountId, DelegationId, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::Problem;
use web::command::Command;
use web::idempotency::IdempotencyKey;
use web::kinds::{NOT_ALLOWED, NOT_FOUND};
use web::path::Path;
use web::position::Recorded;

/// A delegation to grant.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewDelegation {
    /// Who decides in the caller's place.
    #[schema(value_type = Uuid)]
    to: AccountId,
    /// The first day.
    first: Day,
    /// The last day.
    last: Day,
    /// Only for agents of these units; of any, without them.
    #[serde(default)]
    #[schema(value_type = Vec<Uuid>)]
    units: Vec<UnitId>,
    /// Only for leave of these types; of any, without them.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    types: Vec<LeaveType>,
}

/// The delegation that a write was about.
#[derive(Serialize, ToSchema)]
pub(crate) struct DelegationChanged {
    /// The delegation.
    delegation: Uuid,
}

/// Lets somebody decide in the caller's place. It gives no more than the caller has.
#[utoipa::path(
    post, path = "/v1/delegations", operation_id = "grantDelegation", tag = "leave",
    params(IdempotencyKey), request_body = NewDelegation,
    responses((status = 201, description = "The delegation", body = Recorded<DelegationChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn grant_delegation(
    State(api): State<WriteApi>,
    who: Who,
    command: Command<NewDelegation>,
) -> Result<Recorded<DelegationChanged>, Problem> {
    let (id, at) = (DelegationId::new(), api.clock.now());
    let metadata = keyed(who.for_himself(at), &command, &id)?;
    let NewDelegation { to, first: Day(first), last: Day(last), units, types } = command.body;
    super::employment::known(&api, &metadata, to).await?;
    let scope = DelegationScope { units, types };
    let grant = GrantDelegation { from: who.account, to, first, last, scope, on: in_paris(at) };
    let executed = Execution::<Delegation>::new(&api.journal, metadata)
        .on(id, grant.into())
        .await
        .map_err(super::problems::delegation)?;
    let delegation = first_said(&executed.receipt, id)?.as_uuid();
    Ok(Recorded::created(position(executed.receipt.position), DelegationChanged { delegation }))
}

/// Takes a delegation back: one's own, or any with the role `hr`. What was decided under it stands.
#[utoipa::path(
    post, path = "/v1/delegations/{id}/revoke", operation_id = "revokeDelegation", tag = "leave",
    params(("id" = Uuid, Path, description = "The delegation"), IdempotencyKey),
    request_body = super::requests::Nothing,
    responses((status = 200, description = "It holds no longer", body = Recorded<DelegationChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn revoke_delegation(
    State(api): State<WriteApi>,
    who: Who,
    Path(id): Path<DelegationId>,
    command: Command<super::requests::Nothing>,
) -> Result<Recorded<DelegationChanged>, Problem> {
    let at = api.clock.now();
    let metadata = keyed(who.for_himself(at), &command, &())?;
    let executed = Execution::<Delegation>::new(&api.journal, metadata)
        .on(id, RevokeDelegation { by: who.account, roles: who.roles.clone(), at }.into())
        .await
        .map_err(super::problems::delegation)?;
    let delegation = id.as_uuid();
    Ok(Recorded::done(position(executed.receipt.position), DelegationChanged { delegation }))
}

pub(super) const PROBLEMS: &[(&str, &[&web::Kind])] =
    &[("grantDelegation", &[&NOT_FOUND]), ("revokeDelegation", &[&NOT_ALLOWED, &NOT_FOUND, &super::ALREADY_RECORDED])];
