use super::{AbsenceRefusal, Facts};
use events::leave::{AbsenceEvent, ProofSubject};
use events::{ProofId, Sealed};
use rules::Ledger;
use rules::leave_types::Proof;

/// Attaches a proof to a leave or a sickness; its file is sealed and kept beside. Whether only the health officers may
/// read it follows from what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachProof {
    /// The proof.
    pub proof: ProofId,
    /// What it is for.
    pub of: ProofSubject,
    /// The file's name.
    pub name: Sealed<String>,
    /// Its media type (RFC 6838).
    pub media_type: String,
    /// Its length before sealing.
    pub size_bytes: u64,
    /// SHA-256 of the file as it is stored, sealed, in hexadecimal.
    pub sha256: String,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: AttachProof) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let AttachProof { proof, of, name, media_type, size_bytes, sha256, facts } = command;
    if state.has_proof(proof) {
        return Err(AbsenceRefusal::AlreadyRecorded);
    }
    if size_bytes == 0 {
        return Err(AbsenceRefusal::Nothing);
    }
    let medical = match of {
        ProofSubject::Sickness(sickness) => {
            state.sickness(sickness).ok_or(AbsenceRefusal::UnknownSickness)?;
            true
        }
        ProofSubject::Leave(leave) => {
            let leave = state.leave(leave).ok_or(AbsenceRefusal::UnknownLeave)?;
            facts.type_rule(leave.leave_type, leave.period.start().date)?.proof == Proof::Medical
        }
    };
    Ok(vec![AbsenceEvent::ProofAttached { proof, of, medical, name, media_type, size_bytes, sha256 }])
}
