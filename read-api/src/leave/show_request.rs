use super::proof_row::{self, ProofRow};
use super::request_row::RequestRow;
use super::track::TrackEntry;
use super::{access, track};
use crate::who::Who;
use crate::{ReadApi, answer, problems};
use axum::extract::State;
use axum::response::Response;
use events::LeaveId;
use projections::leave::{absences, proofs};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::Problem;
use web::at_least::AtLeast;
use web::kinds::NOT_FOUND;
use web::path::Path;
use web::precondition::Preconditions;

/// A leave with its track.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Request {
    /// The leave.
    #[serde(flatten)]
    request: RequestRow,
    /// What happened to it, oldest first.
    track: Vec<TrackEntry>,
    /// The proofs that the caller may read, the first attached first.
    proofs: Vec<ProofRow>,
}

/// One leave with its track, for its agent, those who decide on it and human resources.
#[utoipa::path(
    get,
    path = "/v1/leave-requests/{id}",
    tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses((status = 200, description = "The leave", body = Request), (status = 304, description = "As you have it"))
)]
pub(crate) async fn show_request(
    State(api): State<ReadApi>,
    who: Who,
    Path(id): Path<Uuid>,
    at_least: AtLeast,
    preconditions: Preconditions,
) -> Result<Response, Problem> {
    let [employments, units, delegations] = access::NAMES;
    let shown = api.shown(at_least, &[absences::NAME, proofs::NAME, employments, units, delegations]).await?;
    let absence = absences::by_id(api.pool(), id).await.map_err(problems::database)?;
    // A leave that one may not see is not told from one that is not there.
    let not_found = || Problem::from(&NOT_FOUND);
    let absence = absence.ok_or_else(not_found)?;
    let leave = absence.leave().ok_or_else(not_found)?;
    if absence.agent != who.account {
        let validator = access::validator(&api, &who).await?;
        if !access::decides(&api, &validator, absence.agent, leave).await? {
            return Err(not_found());
        }
    }
    let request = RequestRow::of(&absence).ok_or_else(not_found)?;
    let track = track::of(&api, absence.agent, LeaveId::from_uuid(id)).await?;
    let proofs = proof_row::of(&api, &who, id).await?;
    answer::json(&preconditions, shown, &Request { request, track, proofs })
}
