use crate::who::Who;
use crate::{ReadApi, answer, problems};
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use projections::leave::delegations::{self, Delegation};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::Problem;
use web::at_least::AtLeast;
use web::precondition::Preconditions;

/// A delegation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DelegationRow {
    /// The delegation.
    delegation: Uuid,
    /// In whose place.
    from: Uuid,
    /// Who decides.
    to: Uuid,
    /// The first day.
    first: NaiveDate,
    /// The last day.
    last: NaiveDate,
    /// On requests of these units; of any, when empty.
    units: Vec<Uuid>,
    /// On requests of these types; of any, when empty.
    types: Vec<&'static str>,
    /// When it was taken back.
    revoked_at: Option<DateTime<Utc>>,
}

/// The delegations that I gave or was given and that have not ended, the first to end first.
#[utoipa::path(
    get,
    path = "/v1/me/delegations",
    tag = "leave",
    params(AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses(
        (status = 200, description = "The delegations", body = Vec<DelegationRow>),
        (status = 304, description = "As you have it")
    )
)]
pub(crate) async fn list_delegations(
    State(api): State<ReadApi>,
    who: Who,
    at_least: AtLeast,
    preconditions: Preconditions,
) -> Result<Response, Problem> {
    let shown = api.shown(at_least, &[delegations::NAME]).await?;
    let found = delegations::of(api.pool(), who.account, api.today()).await.map_err(problems::database)?;
    let row = |one: &Delegation| DelegationRow {
        delegation: one.delegation.as_uuid(),
        from: one.from.as_uuid(),
        to: one.to.as_uuid(),
        first: one.first,
        last: one.last,
        units: one.scope.units.iter().map(events::UnitId::as_uuid).collect(),
        types: one.scope.types.iter().map(|leave_type| leave_type.as_str()).collect(),
        revoked_at: one.revoked_at,
    };
    answer::json(&preconditions, shown, &found.iter().map(row).collect::<Vec<_>>())
}
