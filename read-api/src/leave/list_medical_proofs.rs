use super::names::{Names, Person};
use crate::listing::{Asked, Listing};
use crate::who::Who;
use crate::{ReadApi, freshness, problems};
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use events::account::Role;
use projections::leave::proofs::{self, AttachedProof};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::Problem;
use web::at_least::AtLeast;
use web::page::Page;
use web::precondition::Preconditions;
use web::query::Query;

const LIST: &str = "medical-proofs";

/// A medical proof, to be read at `/v1/proofs/{proof}` once the reading is declared; not of which leave or sickness.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MedicalProof {
    /// The proof.
    proof: Uuid,
    /// Whose it is.
    who: Person,
    /// Its media type (RFC 6838).
    #[schema(example = "application/pdf")]
    media_type: String,
    /// Its length, in bytes.
    size_bytes: i64,
    /// When it was attached.
    attached_at: DateTime<Utc>,
}

/// The medical proofs of all agents, the last attached first; for the role `hr-health`.
#[utoipa::path(
    get,
    path = "/v1/proofs",
    tag = "leave",
    params(Asked, AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses(
        (status = 200, description = "A page of proofs", body = Page<MedicalProof>),
        (status = 304, description = "As you have it")
    )
)]
pub(crate) async fn list_medical_proofs(
    State(api): State<ReadApi>,
    who: Who,
    Query(asked): Query<Asked>,
    listing: Listing,
) -> Result<Response, Problem> {
    who.has_one_of(&[Role::HrHealth])?;
    let page = listing.page(LIST, asked.limit, asked.cursor)?;
    let before = page.after.map(freshness::of_web).transpose()?;
    let shown = api.shown(page.at_least(), &[proofs::NAME]).await?;
    let found = proofs::medical(api.pool(), before, page.rows()).await.map_err(problems::database)?;
    let (found, next) = page.cut(found, |proof| proof.position)?;
    let names = Names::of(&api, found.iter().map(|proof| proof.agent)).await?;
    let row = |proof: AttachedProof| {
        let AttachedProof { proof, agent, media_type, size_bytes, attached_at, .. } = proof;
        MedicalProof { proof: proof.as_uuid(), who: names.person(agent), media_type, size_bytes, attached_at }
    };
    page.answer(shown, found.into_iter().map(row).collect(), next.as_ref())
}
