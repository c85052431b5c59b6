//! The proofs of an absence, as far as somebody may read them.

use super::access;
use crate::who::Who;
use crate::{ReadApi, problems};
use chrono::{DateTime, Utc};
use events::account::Role;
use projections::leave::absences::{self, Absence};
use projections::leave::proofs::{self, AttachedProof};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;
use web::Problem;

/// A proof, to be read at `/v1/proofs/{proof}`; a medical one by the health officers alone, though its agent sees that it
/// arrived.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProofRow {
    /// The proof.
    proof: Uuid,
    /// Its media type (RFC 6838).
    #[schema(example = "application/pdf")]
    media_type: String,
    /// Its length, in bytes.
    size_bytes: i64,
    /// Whether only the health officers may read it.
    medical: bool,
    /// When it was attached.
    attached_at: DateTime<Utc>,
}

/// The proofs of these absences that the caller may know of, for one who may see the absences; the first attached first.
///
/// # Errors
/// 503 `unavailable`.
pub(super) async fn by_absence(
    api: &ReadApi,
    who: &Who,
    absences: &[Uuid],
) -> Result<BTreeMap<Uuid, Vec<ProofRow>>, Problem> {
    let found = proofs::of(api.pool(), absences).await.map_err(problems::database)?;
    let known = |proof: &AttachedProof| !proof.medical || proof.agent == who.account || who.has(Role::HrHealth);
    let mut shown = BTreeMap::<_, Vec<_>>::new();
    for proof in found.into_iter().filter(known) {
        shown.entry(proof.absence).or_default().push(ProofRow::from(proof));
    }
    Ok(shown)
}

/// Whether the caller may read a proof: a medical one as health officer, another as the agent himself, one who decides
/// on the leave, or human resources.
///
/// # Errors
/// 503 `unavailable`.
pub(super) async fn may_read(api: &ReadApi, who: &Who, proof: &AttachedProof) -> Result<bool, Problem> {
    if proof.medical {
        return Ok(who.has(Role::HrHealth));
    }
    if proof.agent == who.account {
        return Ok(true);
    }
    let absence = absences::by_id(api.pool(), proof.absence).await.map_err(problems::database)?;
    let Some(leave) = absence.as_ref().and_then(Absence::leave) else { return Ok(false) };
    let validator = access::validator(api, who).await?;
    access::decides(api, &validator, proof.agent, leave).await
}

impl From<AttachedProof> for ProofRow {
    fn from(proof: AttachedProof) -> Self {
        let AttachedProof { proof, media_type, size_bytes, medical, attached_at, .. } = proof;
        Self { proof: proof.as_uuid(), media_type, size_bytes, medical, attached_at }
    }
}
