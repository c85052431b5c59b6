//! Who may read which proof, by all that is recorded: those whom the read side lets read it, and nobody else declares
//! that he does.

use super::surroundings::{authority_over, state};
use crate::acting::Who;
use crate::{WriteApi, problems};
use commands::absence_ledger::AbsenceLedger;
use events::account::Role;
use events::leave::{AbsenceEvent, ProofSubject};
use events::{AccountId, DomainEvent, Metadata, ProofId, Version};
use futures::TryStreamExt;
use journal::StreamId;
use web::Problem;

/// Whether the caller may read a proof of an agent: a medical one as health officer, another as the agent himself, or
/// as one who decides on the leave.
///
/// # Errors
/// What the journal does not tell.
pub(crate) async fn may_read(
    api: &WriteApi,
    who: &Who,
    metadata: &Metadata,
    agent: AccountId,
    proof: ProofId,
) -> Result<bool, Problem> {
    let Some((of, medical)) = attached(api, agent, proof).await? else { return Ok(false) };
    if medical {
        return Ok(who.roles.contains(&Role::HrHealth));
    }
    let ProofSubject::Leave(leave) = of else { return Ok(false) };
    if agent == who.account {
        return Ok(true);
    }
    let (_, ledger) = state::<AbsenceLedger>(api, metadata, agent, true).await?;
    let authority = authority_over(api, metadata, agent, who).await?;
    Ok(ledger.leave(leave).is_some_and(|leave| authority.has_part_in(leave)))
}

/// What a proof in the ledger of an agent is for, and whether it is medical.
async fn attached(api: &WriteApi, agent: AccountId, proof: ProofId) -> Result<Option<(ProofSubject, bool)>, Problem> {
    let mut events = api.journal.reader().stream(StreamId::new(AbsenceEvent::STREAM, agent), Version::NONE);
    while let Some(recorded) = events.try_next().await.map_err(problems::reading)? {
        match recorded.decode().map_err(Problem::internal)? {
            AbsenceEvent::ProofAttached { proof: one, of, medical, .. } if one == proof => {
                return Ok(Some((of, medical)));
            }
            _ => {}
        }
    }
    Ok(None)
}
