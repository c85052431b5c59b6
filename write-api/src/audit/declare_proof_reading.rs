//! `POST /v1/proofs/{id}/readings`

use crate::acting::{Who, keyed};
use crate::api::position;
use crate::leave::proof_access::may_read;
use crate::{WriteApi, problems};
use axum::extract::State;
use commands::Execution;
use commands::audit::{AuditReading, DeclareProofReading};
use events::account::Role;
use events::{AccountId, ProofId, ReadingId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::Problem;
use web::command::Command;
use web::idempotency::IdempotencyKey;
use web::kinds::NOT_FOUND;
use web::path::Path;
use web::position::Recorded;

/// Which proof is to be read.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ProofReading {
    /// Whose leave or sickness the proof is of.
    #[schema(value_type = Uuid)]
    agent: AccountId,
}

/// A reading of a proof that was declared.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct ProofReadingDeclared {
    /// The reading: `GET /v1/proofs/{id}?reading=…` takes it.
    #[schema(value_type = Uuid)]
    reading: ReadingId,
}

/// Declares that I read a proof of somebody else: the reading is an entry of the audit trail. A proof that I may not read
/// is not told from one that is not there, and nothing is recorded.
#[utoipa::path(
    post, path = "/v1/proofs/{id}/readings", operation_id = "declareProofReading", tag = "audit",
    params(("id" = Uuid, Path, description = "The proof"), IdempotencyKey), request_body = ProofReading,
    responses((status = 201, description = "The reading", body = Recorded<ProofReadingDeclared>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn declare_proof_reading(
    State(api): State<WriteApi>,
    who: Who,
    Path(proof): Path<ProofId>,
    command: Command<ProofReading>,
) -> Result<Recorded<ProofReadingDeclared>, Problem> {
    let (reading, at) = (ReadingId::new(), api.clock.now());
    let acting = who.acting_as(Role::HrHealth, at).unwrap_or_else(|_| who.deciding(at));
    let metadata = keyed(acting, &command, &ProofReadingDeclared { reading })?;
    let agent = command.body.agent;
    if api.journal.recall(&metadata).await.map_err(problems::journal)?.is_none()
        && !may_read(&api, &who, &metadata, agent, proof).await?
    {
        return Err(Problem::from(&NOT_FOUND));
    }
    let executed = Execution::<AuditReading>::new(&api.journal, metadata)
        .on(reading, DeclareProofReading { reading, agent, proof }.into())
        .await
        .map_err(problems::audit)?;
    let declared = match &executed.receipt.replayed {
        Some(first) => serde_json::from_slice(&first.outcome).map_err(Problem::internal)?,
        None => ProofReadingDeclared { reading },
    };
    Ok(Recorded::created(position(executed.receipt.position), declared))
}

pub(super) const PROBLEMS: &[&web::Kind] = &[&NOT_FOUND];
