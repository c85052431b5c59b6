use super::{access, proof_row};
use crate::audit::own_proof_reading;
use crate::problems::ERASED;
use crate::who::Who;
use crate::{ReadApi, answer, problems};
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::Response;
use events::{ProofId, ReadingId};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use projections::leave::{absences, proofs};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;
use vault::{Opened, places};
use web::Problem;
use web::at_least::AtLeast;
use web::kinds::NOT_FOUND;
use web::path::Path;
use web::query::Query;

/// Under which reading.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// The reading that was declared (`POST /v1/proofs/{id}/readings`); not needed for a proof of one's own.
    reading: Option<Uuid>,
}

/// The file of a proof. A medical one for the role `hr-health` alone; another for the agent, those who decide on the
/// leave, and the role `hr`. Who reads what is not his own has declared it before.
#[utoipa::path(
    get,
    path = "/v1/proofs/{id}",
    tag = "leave",
    params(("id" = Uuid, Path, description = "The proof"), Asked, AtLeast),
    security(("bearer" = []), ("session" = [])),
    responses((status = 200, description = "The file, as an attachment", content(
        (Vec<u8> = "application/pdf"),
        (Vec<u8> = "image/jpeg"),
        (Vec<u8> = "image/png")
    )))
)]
pub(crate) async fn show_proof(
    State(api): State<ReadApi>,
    who: Who,
    Path(id): Path<ProofId>,
    Query(asked): Query<Asked>,
    at_least: AtLeast,
) -> Result<Response, Problem> {
    let [employments, units, delegations] = access::NAMES;
    let shown = api.shown(at_least, &[proofs::NAME, absences::NAME, employments, units, delegations]).await?;
    // A proof that one may not read is not told from one that is not there.
    let not_found = || Problem::from(&NOT_FOUND);
    let proof = proofs::by_id(api.pool(), id).await.map_err(problems::database)?.ok_or_else(not_found)?;
    if !proof_row::may_read(&api, &who, &proof).await? {
        return Err(not_found());
    }
    if proof.agent != who.account {
        let reading = asked.reading.map(ReadingId::from_uuid);
        own_proof_reading(&api, &who, reading, (proof.agent, id), at_least).await?;
    }
    let file = api.attachments.get(proof.agent, id, &proof.sha256).await.map_err(problems::attachments)?;
    let name = api.vault.open(&places::absence(proof.agent, "name", id), &proof.name).await.map_err(problems::vault)?;
    let Opened::Clear(file) = file else { return Err(Problem::from(&ERASED)) };
    let headers = [(CONTENT_TYPE, proof.media_type), (CONTENT_DISPOSITION, attachment(name.clear().as_deref()))];
    Ok(answer::at(shown, (headers, file)))
}

/// That it is to be saved, under its name (RFC 6266 section 4, RFC 8187 section 3.2).
fn attachment(name: Option<&str>) -> String {
    let named = |name| format!("attachment; filename*=UTF-8''{}", utf8_percent_encode(name, NON_ALPHANUMERIC));
    name.map_or_else(|| "attachment".to_owned(), named)
}
