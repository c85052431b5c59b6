//! Proofs: what is attached to which absence, and whether only the health officers may read it.

use crate::fold::Unbatched;
use crate::json::{of_json, to_json};
use crate::{Fold, Projection, ProjectionError, Stream};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use esrs::handler::TransactionalEventHandler;
use esrs::store::StoreEvent;
use events::leave::{AbsenceEvent, ProofSubject};
use events::{AccountId, Position, ProofId, Sealed};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgExecutor, Row};
use uuid::Uuid;

/// The name of the projection.
pub const NAME: &str = "proofs_v1";

/// The projection.
#[must_use]
pub fn projection() -> Projection {
    Projection::named::<Unbatched>(NAME, 1, &["proofs_v1"]).reads::<AbsenceEvent, _>(Proofs).declared()
}

#[derive(Debug)]
struct Proofs;

#[async_trait]
impl TransactionalEventHandler<Stream<AbsenceEvent>, ProjectionError, Fold<Unbatched>> for Proofs {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn handle(
        &self,
        event: &StoreEvent<AbsenceEvent>,
        fold: &mut Fold<Unbatched>,
    ) -> Result<(), ProjectionError> {
        let AbsenceEvent::ProofAttached { proof, of, medical, name, media_type, size_bytes, sha256 } = &event.payload
        else {
            return Ok(());
        };
        let absence = match of {
            ProofSubject::Leave(leave) => leave.as_uuid(),
            ProofSubject::Sickness(sickness) => sickness.as_uuid(),
        };
        sqlx::query(
            "INSERT INTO proofs_v1 (proof, agent, absence, medical, name, media_type, size_bytes, sha256, attached_at,
                 position)
             VALUES ($1, $2, $3, $4, $5::text::jsonb, $6, $7, $8, $9, $10)",
        )
        .bind(proof.as_uuid())
        .bind(event.aggregate_id)
        .bind(absence)
        .bind(medical)
        .bind(to_json(name)?)
        .bind(media_type)
        .bind(i64::try_from(*size_bytes).unwrap_or(i64::MAX))
        .bind(sha256)
        .bind(event.occurred_on)
        .bind(fold.recorded.position.get())
        .execute(&mut *fold.transaction)
        .await?;
        Ok(())
    }
}

/// A proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachedProof {
    /// The proof.
    pub proof: ProofId,
    /// Whose absence it is of.
    pub agent: AccountId,
    /// The leave, or the spell of sickness.
    pub absence: Uuid,
    /// Whether only the health officers may read it.
    pub medical: bool,
    /// The file's name.
    pub name: Sealed<String>,
    /// What it is by its own bytes.
    pub media_type: String,
    /// Its length before sealing.
    pub size_bytes: i64,
    /// SHA-256 of the file as it is stored, sealed, in hexadecimal.
    pub sha256: String,
    /// When it was attached.
    pub attached_at: DateTime<Utc>,
    /// Where that stands in the journal.
    pub position: Position,
}

impl FromRow<'_, PgRow> for AttachedProof {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            proof: ProofId::from_uuid(row.try_get("proof")?),
            agent: AccountId::from_uuid(row.try_get("agent")?),
            absence: row.try_get("absence")?,
            medical: row.try_get("medical")?,
            name: of_json(row.try_get("name")?)?,
            media_type: row.try_get("media_type")?,
            size_bytes: row.try_get("size_bytes")?,
            sha256: row.try_get("sha256")?,
            attached_at: row.try_get("attached_at")?,
            position: crate::column::position(row.try_get("position")?)?,
        })
    }
}

/// One proof.
///
/// # Errors
/// Those of the database.
pub async fn by_id(database: impl PgExecutor<'_>, proof: ProofId) -> Result<Option<AttachedProof>, sqlx::Error> {
    sqlx::query_as(
        "SELECT proof, agent, absence, medical, name::text, media_type, size_bytes, sha256, attached_at, position
         FROM projections.proofs_v1 WHERE proof = $1",
    )
    .bind(proof.as_uuid())
    .fetch_optional(database)
    .await
}

/// At most `limit` medical proofs, the last attached first, before `before`.
///
/// # Errors
/// Those of the database.
pub async fn medical(
    database: impl PgExecutor<'_>,
    before: Option<Position>,
    limit: u16,
) -> Result<Vec<AttachedProof>, sqlx::Error> {
    sqlx::query_as(
        "SELECT proof, agent, absence, medical, name::text, media_type, size_bytes, sha256, attached_at, position
         FROM projections.proofs_v1 WHERE medical AND position < $1 ORDER BY position DESC LIMIT $2",
    )
    .bind(before.map_or(i64::MAX, Position::get))
    .bind(i64::from(limit))
    .fetch_all(database)
    .await
}

/// The proofs of these absences, in the order in which they were attached.
///
/// # Errors
/// Those of the database.
pub async fn of(database: impl PgExecutor<'_>, absences: &[Uuid]) -> Result<Vec<AttachedProof>, sqlx::Error> {
    sqlx::query_as(
        "SELECT proof, agent, absence, medical, name::text, media_type, size_bytes, sha256, attached_at, position
         FROM projections.proofs_v1 WHERE absence = ANY ($1) ORDER BY position, proof",
    )
    .bind(absences)
    .fetch_all(database)
    .await
}
