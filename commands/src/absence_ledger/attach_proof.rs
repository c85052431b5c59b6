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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::AbsenceLedger;
    use crate::absence_ledger::samples::*;
    use crate::specification::given;
    use events::leave::LeaveType;
    use uuid::Uuid;

    fn attach(of: ProofSubject) -> AttachProof {
        AttachProof {
            proof: ProofId::from_uuid(Uuid::from_u128(1)),
            of,
            name: sealed("certificate.pdf"),
            media_type: "application/pdf".to_owned(),
            size_bytes: 1,
            sha256: "ab".repeat(32),
            facts: facts("2026-01-02"),
        }
    }

    fn attached(of: ProofSubject, medical: bool) -> AbsenceEvent {
        let AttachProof { proof, of, name, media_type, size_bytes, sha256, .. } = attach(of);
        AbsenceEvent::ProofAttached { proof, of, medical, name, media_type, size_bytes, sha256 }
    }

    #[test]
    fn what_a_proof_is_for_says_who_reads_it() {
        let of = ProofSubject::Sickness(sickness(1));
        given::<AbsenceLedger>(after([sick(1, days("2026-03-02", "2026-03-03")).into()]))
            .when(attach(of))
            .then([attached(of, true)]);
        for (leave_type, circumstances, medical) in
            [(LeaveType::Maternity, pregnancy(), true), (LeaveType::Paternity, birth("2026-06-10"), false)]
        {
            let of = ProofSubject::Leave(leave(1));
            let asked = request(1, leave_type, days("2026-06-10", "2026-06-16"));
            let asked = asked.with(|asked| asked.circumstances = Some(circumstances));
            given::<AbsenceLedger>(after([asked.into()])).when(attach(of)).then([attached(of, medical)]);
        }
    }

    #[test]
    fn a_proof_is_of_something_and_attached_once() {
        let of = ProofSubject::Leave(leave(1));
        given::<AbsenceLedger>([]).when(attach(of)).refused(AbsenceRefusal::UnknownLeave);
        given::<AbsenceLedger>([asked(), vec![attached(of, false)]].concat())
            .when(attach(of))
            .refused(AbsenceRefusal::AlreadyRecorded);
        given::<AbsenceLedger>(asked())
            .when(AttachProof { size_bytes: 0, ..attach(of) })
            .refused(AbsenceRefusal::Nothing);
    }
}
