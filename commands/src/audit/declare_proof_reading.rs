use super::{AuditRefusal, State};
use events::audit::AuditEvent;
use events::{AccountId, ProofId, ReadingId};

/// Declares that a proof is to be read, by one who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeclareProofReading {
    /// The reading.
    pub reading: ReadingId,
    /// Whose leave or sickness the proof is of.
    pub agent: AccountId,
    /// The proof.
    pub proof: ProofId,
}

pub(super) fn decide(state: &State, command: DeclareProofReading) -> Result<Vec<AuditEvent>, AuditRefusal> {
    let DeclareProofReading { reading, agent, proof } = command;
    match state.declared {
        Some(reading) => Err(AuditRefusal::AlreadyDeclared { reading }),
        None => Ok(vec![AuditEvent::ProofRead { reading, agent, proof }]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::AuditReading;
    use crate::specification::given;
    use uuid::Uuid;

    #[test]
    fn a_reading_of_a_proof_is_declared_once() {
        let (reading, agent) = (ReadingId::from_uuid(Uuid::from_u128(1)), AccountId::from_uuid(Uuid::from_u128(2)));
        let proof = ProofId::from_uuid(Uuid::from_u128(3));
        let (declare, declared) =
            (DeclareProofReading { reading, agent, proof }, AuditEvent::ProofRead { reading, agent, proof });
        given::<AuditReading>([]).when(declare).then([declared.clone()]);
        given::<AuditReading>([declared]).when(declare).refused(AuditRefusal::AlreadyDeclared { reading });
    }
}
