//! Declared readings of proofs: who, of which proof.

use super::actor::columns_of;
use crate::fold::Unbatched;
use crate::{Fold, Projection, ProjectionError, Stream};
use async_trait::async_trait;
use esrs::handler::TransactionalEventHandler;
use esrs::store::StoreEvent;
use events::audit::AuditEvent;
use events::{AccountId, ProofId, ReadingId};
use sqlx::PgExecutor;

/// The name of the projection.
pub const NAME: &str = "proof_readings_v1";

/// The projection.
#[must_use]
pub fn projection() -> Projection {
    Projection::named::<Unbatched>(NAME, 1, &["proof_readings_v1"]).reads::<AuditEvent, _>(ProofReadings).declared()
}

#[derive(Debug)]
struct ProofReadings;

#[async_trait]
impl TransactionalEventHandler<Stream<AuditEvent>, ProjectionError, Fold<Unbatched>> for ProofReadings {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn handle(&self, event: &StoreEvent<AuditEvent>, fold: &mut Fold<Unbatched>) -> Result<(), ProjectionError> {
        let AuditEvent::ProofRead { reading, agent, proof } = &event.payload else { return Ok(()) };
        let (_, reader) = columns_of(&fold.recorded.actor()?);
        sqlx::query(
            "INSERT INTO proof_readings_v1 (reading, reader, agent, proof, declared_at, position)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(reading.as_uuid())
        .bind(reader)
        .bind(agent.as_uuid())
        .bind(proof.as_uuid())
        .bind(event.occurred_on)
        .bind(fold.recorded.position.get())
        .execute(&mut *fold.transaction)
        .await?;
        Ok(())
    }
}

/// Whether `reader` declared this reading, of this proof of this agent.
///
/// # Errors
/// Those of the database.
pub async fn is_declared(
    database: impl PgExecutor<'_>,
    reading: ReadingId,
    reader: AccountId,
    (agent, proof): (AccountId, ProofId),
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM projections.proof_readings_v1
                        WHERE reading = $1 AND reader = $2 AND agent = $3 AND proof = $4)",
    )
    .bind(reading.as_uuid())
    .bind(reader.as_uuid())
    .bind(agent.as_uuid())
    .bind(proof.as_uuid())
    .fetch_one(database)
    .await
}
