use super::names::{Names, Person};
use super::proof_row::{self, ProofRow};
use super::request_row::{RequestRow, written};
use super::team::{BrokenRule, Teams};
use super::track::TrackEntry;
use super::{access, track};
use crate::who::Who;
use crate::{ReadApi, answer, problems};
use axum::extract::State;
use axum::response::Response;
use events::LeaveId;
use events::account::Role;
use projections::leave::absences::Absence;
use projections::leave::{absences, people, proofs};
use rules::ledger::Leave;
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
pub(crate) struct TrackedRequest {
    /// The leave.
    #[serde(flatten)]
    request: RequestRow,
    /// While it is pending, the staffing rules of the unit that it would break.
    breaches: Vec<BrokenRule>,
    /// What happened to it, oldest first.
    track: Vec<TrackEntry>,
    /// The proofs that the caller may know of, the first attached first.
    proofs: Vec<ProofRow>,
}

/// A leave as one sees it who is asked to stand in: who is away and when, never why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReplacedLeave {
    /// The leave.
    leave: Uuid,
    /// Who is to be replaced.
    who: Person,
    /// The first half-day asked for.
    #[schema(example = "2026-05-11 AM")]
    start: String,
    /// The last half-day asked for.
    #[schema(example = "2026-05-15 PM")]
    end: String,
    /// The half-days that it takes now, a date alone being a whole day.
    half_days: Vec<String>,
    /// `pending`, `granted`, `refused` or `withdrawn`.
    #[schema(example = "pending")]
    status: &'static str,
    /// Whether the caller said that he will; null while he has not said.
    accepted: Option<bool>,
}

/// A leave, as much of it as the caller may see.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum ShownLeave {
    /// To its agent, those who decide on it and human resources.
    Whole(Box<TrackedRequest>),
    /// To the colleague who is asked to stand in.
    ToReplacement(ReplacedLeave),
}

/// One leave with its track, for its agent, those who decide on it and human resources. The colleague who is asked to
/// stand in sees who is away and when.
#[utoipa::path(
    get,
    path = "/v1/leave-requests/{id}",
    tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses(
        (status = 200, description = "The leave", body = ShownLeave),
        (status = 304, description = "As you have it")
    )
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
    let validator = access::validator(&api, &who).await?;
    let sees_all = absence.agent == who.account || access::decides(&api, &validator, absence.agent, leave).await?;
    let body = if sees_all {
        let request = RequestRow::of(&absence).ok_or_else(not_found)?;
        let sees_medical = absence.agent == who.account || who.has(Role::HrHealth);
        let track = track::of(&api, absence.agent, LeaveId::from_uuid(id), sees_medical).await?;
        // Which and when, not who else is away.
        let breaches = match leave.pending() {
            Some(_) => Teams::around(&api, &[&absence]).await?.breaches(&absence),
            None => Vec::new(),
        };
        let proofs = proof_row::by_absence(&api, &who, &[id]).await?.remove(&id).unwrap_or_default();
        ShownLeave::Whole(Box::new(TrackedRequest { request, breaches, track, proofs }))
    } else {
        ShownLeave::ToReplacement(replaced(&api, &who, &absence, leave).await?.ok_or_else(not_found)?)
    };
    answer::json(&preconditions, shown, &body)
}

/// What the colleague sees who is asked to stand in and has not declined; nothing for anybody else, nor once he left.
async fn replaced(
    api: &ReadApi,
    who: &Who,
    absence: &Absence,
    leave: &Leave,
) -> Result<Option<ReplacedLeave>, Problem> {
    let asked = leave.replacement.filter(|one| one.by == who.account && one.accepted != Some(false));
    let Some(asked) = asked else { return Ok(None) };
    if people::has_left(api.pool(), who.account, api.today()).await.map_err(problems::database)? {
        return Ok(None);
    }
    Ok(Some(ReplacedLeave {
        leave: absence.absence,
        who: Names::of(api, [absence.agent]).await?.person(absence.agent),
        start: leave.period.start().to_string(),
        end: leave.period.end().to_string(),
        half_days: written(&absence.half_days),
        status: leave.status.as_str(),
        accepted: asked.accepted,
    }))
}
