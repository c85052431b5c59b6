//! Delegations: somebody decides in the caller's place, for a time.

use super::act::Act;
use super::first_said;
use super::surroundings::state;
use crate::api::position;
use commands::account::Account;
use commands::delegation::{Delegation, GrantDelegation, RevokeDelegation, check_scope};
use commands::{Execution, NotExecuted};
use events::date::in_paris;
use events::delegation::DelegationScope;
use events::leave::LeaveType;
use events::{AccountId, DelegationId, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::Problem;
use web::date::Day;
use web::idempotency::IdempotencyKey;
use web::kinds::{NOT_ALLOWED, NOT_FOUND};
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

/// Lets somebody decide in the caller's place. It gives no more than the caller has, and never a role: who is of human
/// resources and leads nobody delegates to one who has the role `hr` too.
#[utoipa::path(
    post, path = "/v1/delegations", operation_id = "grantDelegation", tag = "leave",
    params(IdempotencyKey), request_body = NewDelegation,
    responses((status = 201, description = "The delegation", body = Recorded<DelegationChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn grant_delegation(act: Act<NewDelegation>) -> Result<Recorded<DelegationChanged>, Problem> {
    let id = DelegationId::new();
    let metadata = act.for_himself(&id)?;
    let NewDelegation { to, first: Day(first), last: Day(last), units, types } = act.command.body;
    super::employment::is_known_at("/to", &act.api, &metadata, to).await?;
    let scope = DelegationScope { units, types };
    check_scope(&scope).map_err(|refusal| super::problems::delegation(NotExecuted::Refused(refusal)))?;
    for (place, unit) in scope.units.iter().enumerate() {
        super::units::open_on(&act.api, &metadata, *unit, first, format!("/units/{place}")).await?;
    }
    let (_, account) = state::<Account>(&act.api, &metadata, to, true).await?;
    let (from, roles, to_roles) = (act.who.account, act.who.roles.clone(), account.roles().clone());
    let grant = GrantDelegation { from, roles, to, to_roles, first, last, scope, on: in_paris(act.at) };
    let executed = Execution::<Delegation>::new(&act.api.journal, metadata)
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
    act: Act<super::requests::Nothing, DelegationId>,
) -> Result<Recorded<DelegationChanged>, Problem> {
    let revoke = RevokeDelegation { by: act.who.account, roles: act.who.roles.clone(), at: act.at };
    let executed = Execution::<Delegation>::new(&act.api.journal, act.for_himself(&())?)
        .on(act.id, revoke.into())
        .await
        .map_err(super::problems::delegation)?;
    let delegation = act.id.as_uuid();
    Ok(Recorded::done(position(executed.receipt.position), DelegationChanged { delegation }))
}

pub(super) const PROBLEMS: &[(&str, &[&web::Kind])] =
    &[("grantDelegation", &[]), ("revokeDelegation", &[&NOT_ALLOWED, &NOT_FOUND, &super::ALREADY_RECORDED])];
