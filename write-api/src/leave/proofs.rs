//! Proofs: files that are sealed with the agent's key and kept beside the journal.

use super::first_said;
use super::surroundings::{Wanted, decide};
use crate::WriteApi;
use crate::acting::Who;
use crate::api::position;
use crate::problems;
use axum::extract::{Request, State};
use commands::absence_ledger::AttachProof;
use events::account::Role;
use events::leave::ProofSubject;
use events::{AccountId, Idempotency, LeaveId, Metadata, ProofId, SicknessId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use vault::AttachmentsError;
use web::body::{self, BodyLimit};
use web::idempotency::IdempotencyKey;
use web::kinds::{NOT_ALLOWED, NOT_FOUND, UNSUPPORTED_MEDIA_TYPE};
use web::path::Path;
use web::position::Recorded;
use web::query::Query;
use web::{Field, Problem, Text};

/// The largest file.
const FILE_BYTES: usize = 10 << 20;
const LONGEST_NAME: usize = 200;
/// What a certificate is scanned as, by the bytes that such a file begins with.
const MEDIA_TYPES: [(&[u8], &str); 3] =
    [(b"%PDF", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png")];

/// About the file.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct About {
    /// Whose leave or sickness it is; the caller's, without it.
    #[param(value_type = Option<Uuid>)]
    agent: Option<AccountId>,
    /// The file's name, 1 to 200 characters; kept sealed.
    name: String,
}

/// A proof that was attached.
#[derive(Serialize, ToSchema)]
pub(crate) struct Attached {
    /// The proof.
    proof: Uuid,
}

/// Attaches a proof to a leave: a PDF, JPEG or PNG of at most 10 MiB. For the agent himself, and the roles `hr` and
/// `hr-health`.
#[utoipa::path(
    post, path = "/v1/leave-requests/{id}/proofs", operation_id = "attachLeaveProof", tag = "leave",
    params(("id" = Uuid, Path, description = "The leave"), About, IdempotencyKey),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, description = "The proof", body = Recorded<Attached>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn attach_leave_proof(
    State(api): State<WriteApi>,
    who: Who,
    Path(leave): Path<LeaveId>,
    Query(about): Query<About>,
    key: IdempotencyKey,
    request: Request,
) -> Result<Recorded<Attached>, Problem> {
    attach(&api, &who, ProofSubject::Leave(leave), about, &key, request).await
}

/// Attaches a proof to a sickness: a PDF, JPEG or PNG of at most 10 MiB, which the role `hr-health` alone reads. For the
/// agent himself, and the roles `hr` and `hr-health`.
#[utoipa::path(
    post, path = "/v1/sicknesses/{id}/proofs", operation_id = "attachSicknessProof", tag = "leave",
    params(("id" = Uuid, Path, description = "The spell"), About, IdempotencyKey),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, description = "The proof", body = Recorded<Attached>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn attach_sickness_proof(
    State(api): State<WriteApi>,
    who: Who,
    Path(sickness): Path<SicknessId>,
    Query(about): Query<About>,
    key: IdempotencyKey,
    request: Request,
) -> Result<Recorded<Attached>, Problem> {
    attach(&api, &who, ProofSubject::Sickness(sickness), about, &key, request).await
}

async fn attach(
    api: &WriteApi,
    who: &Who,
    of: ProofSubject,
    About { agent, name }: About,
    key: &IdempotencyKey,
    mut request: Request,
) -> Result<Recorded<Attached>, Problem> {
    let (proof, at) = (ProofId::new(), api.clock.now());
    let agent = agent.unwrap_or(who.account);
    let metadata = if agent == who.account {
        who.for_himself(at)
    } else {
        who.acting_as(Role::HrHealth, at).or_else(|_| who.acting_as(Role::Hr, at))?
    };
    named(&name)?;
    request.extensions_mut().insert(BodyLimit(FILE_BYTES));
    let file = body::bytes(request).await?;
    if file.is_empty() {
        return Err(Problem::invalid(Field::Pointer("".into()), Text::new("fichier vide", "the file is empty")));
    }
    let media_type = media_type(&file)?;
    let digest = Sha256::digest([of_bytes(of).as_slice(), agent.as_uuid().as_bytes(), name.as_bytes(), &file].concat());
    let idempotency = Idempotency {
        key: key.as_str().parse().map_err(Problem::internal)?,
        fingerprint: digest.into(),
        outcome: serde_json::to_vec(&proof).map_err(Problem::internal)?,
    };
    let metadata = Metadata { idempotency: Some(idempotency), ..metadata };
    if let Some(receipt) = api.journal.recall(&metadata).await.map_err(problems::journal)? {
        let proof = first_said(&receipt, proof)?.as_uuid();
        return Ok(Recorded::created(position(receipt.position), Attached { proof }));
    }
    super::employment::known(api, &metadata, agent).await?;
    let size_bytes = file.len() as u64;
    let sha256 = api.attachments.put(agent, proof, &file).await.map_err(stored)?;
    let sealed = crate::seal::absence(&api.vault, agent, "name", proof.as_uuid(), &name).await;
    let name = sealed.map_err(problems::vault)?;
    let executed = decide(api, metadata, Wanted::of(agent), |around| {
        let (name, media_type, sha256) = (name.clone(), media_type.to_owned(), sha256.clone());
        AttachProof { proof, of, name, media_type, size_bytes, sha256, facts: around.facts.clone() }
    })
    .await;
    let recorded = executed.as_ref().is_ok_and(|executed| executed.receipt.replayed.is_none());
    // What may have been recorded keeps its file.
    let unknown = executed.as_ref().is_err_and(|problem| problem.kind().status.is_server_error());
    if !recorded
        && !unknown
        && let Err(error) = api.attachments.discard(proof).await
    {
        tracing::warn!(error = %error, "a file that no proof tells of stays");
    }
    let receipt = executed?.receipt;
    let proof = first_said(&receipt, proof)?.as_uuid();
    Ok(Recorded::created(position(receipt.position), Attached { proof }))
}

/// Refuses a file without a name, or with a long one.
fn named(name: &str) -> Result<(), Problem> {
    if (1..=LONGEST_NAME).contains(&name.trim().chars().count()) {
        return Ok(());
    }
    let detail = Text::new("attendu : 1 à 200 caractères", "expected 1 to 200 characters");
    Err(Problem::invalid(Field::Query("name".into()), detail))
}

/// What the file is by its own bytes, whatever the client calls it.
fn media_type(file: &[u8]) -> Result<&'static str, Problem> {
    let known = MEDIA_TYPES.into_iter().find(|(start, _)| file.starts_with(start));
    known.map(|(_, media_type)| media_type).ok_or_else(|| {
        let detail = Text::new("Envoyez un fichier PDF, JPEG ou PNG.", "Send a PDF, JPEG or PNG file.");
        Problem::from(&UNSUPPORTED_MEDIA_TYPE).detail(detail)
    })
}

const fn of_bytes(of: ProofSubject) -> [u8; 16] {
    match of {
        ProofSubject::Leave(leave) => leave.as_uuid().into_bytes(),
        ProofSubject::Sickness(sickness) => sickness.as_uuid().into_bytes(),
    }
}

fn stored(error: AttachmentsError) -> Problem {
    match error {
        AttachmentsError::Vault(error) => problems::vault(error),
        AttachmentsError::Store(_) => Problem::unavailable(error),
        AttachmentsError::Address(_) | AttachmentsError::Folder(_) | AttachmentsError::Altered(_) => {
            Problem::internal(error)
        }
    }
}

const ATTACHING: &[&web::Kind] = &[&NOT_ALLOWED, &NOT_FOUND, &UNSUPPORTED_MEDIA_TYPE];

pub(super) const PROBLEMS: &[(&str, &[&web::Kind])] =
    &[("attachLeaveProof", ATTACHING), ("attachSicknessProof", ATTACHING)];

#[cfg(test)]
mod tests {
    use super::*;
    use axum::RequestPartsExt;
    use futures::executor::block_on;
    use proptest::prelude::*;

    fn about(query: &str) -> Option<Result<About, Problem>> {
        let (mut parts, ()) = axum::http::Request::get(format!("/?{query}")).body(()).ok()?.into_parts();
        Some(block_on(parts.extract::<Query<About>>()).map(|Query(about)| about))
    }

    proptest! {
        #[test]
        fn what_is_about_a_file_is_read_back(name in "[^\0]{0,250}", agent in proptest::option::of(any::<u128>())) {
            let agent = agent.map(|agent| AccountId::from_uuid(Uuid::from_u128(agent)));
            let encoded: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let query = agent.map_or(format!("name={encoded}"), |agent| format!("agent={agent}&name={encoded}"));
            let read = about(&query).unwrap().ok().unwrap();
            prop_assert_eq!((read.agent, read.name.as_str()), (agent, name.as_str()));
            prop_assert_eq!(named(&read.name).is_ok(), (1..=200).contains(&name.trim().chars().count()));
        }

        #[test]
        fn any_query_is_read_or_refused(query in "[ -~]{0,60}|(agent=[0-9a-f-]{0,40}&)?name=[ -~]{0,30}(&x=1)?") {
            let _ = about(&query);
        }

        #[test]
        fn a_file_is_what_it_begins_as(file in proptest::collection::vec(any::<u8>(), 0..40), known in 0..MEDIA_TYPES.len()) {
            let begins = MEDIA_TYPES.iter().find(|(start, _)| file.starts_with(start));
            prop_assert_eq!(media_type(&file).ok(), begins.map(|(_, media_type)| *media_type));
            let (start, expected) = MEDIA_TYPES[known];
            prop_assert_eq!(media_type(&[start, &file].concat()).ok(), Some(expected));
            prop_assert!(media_type(&start[..start.len() - 1]).is_err());
        }
    }
}
