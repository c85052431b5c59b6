//! Declared readings of the trail: who, when, what of it, for what.

use super::actor::{columns_of, of_columns};
use crate::column::position;
use crate::fold::Unbatched;
use crate::json::{of_column, of_json, to_json};
use crate::{Fold, Projection, ProjectionError, Stream};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use esrs::handler::TransactionalEventHandler;
use esrs::store::StoreEvent;
use events::audit::{AuditEvent, TrailFilter};
use events::{Actor, Capacity, Position, ReadingId, Sealed};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgExecutor, Row};
use uuid::Uuid;

/// The name of the projection.
pub const NAME: &str = "audit_readings_v1";

/// The projection.
#[must_use]
pub fn projection() -> Projection {
    Projection::named::<Unbatched>(NAME, 1, &["audit_readings_v1"]).reads::<AuditEvent, _>(AuditReadings).declared()
}

#[derive(Debug)]
struct AuditReadings;

#[async_trait]
impl TransactionalEventHandler<Stream<AuditEvent>, ProjectionError, Fold<Unbatched>> for AuditReadings {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn handle(&self, event: &StoreEvent<AuditEvent>, fold: &mut Fold<Unbatched>) -> Result<(), ProjectionError> {
        let AuditEvent::AuditTrailRead { reading, filter, motive } = &event.payload else { return Ok(()) };
        let (actor, actor_id) = columns_of(&fold.recorded.actor()?);
        sqlx::query(
            "INSERT INTO audit_readings_v1 (reading, position, declared_at, actor, actor_id, capacity, filter, motive)
             VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8::text::jsonb)",
        )
        .bind(reading.as_uuid())
        .bind(fold.recorded.position.get())
        .bind(event.occurred_on)
        .bind(actor)
        .bind(actor_id)
        .bind(fold.recorded.capacity()?.as_str())
        .bind(to_json(filter)?)
        .bind(motive.as_ref().map(to_json).transpose()?)
        .execute(&mut *fold.transaction)
        .await?;
        Ok(())
    }
}

/// A declared reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The reading.
    pub reading: ReadingId,
    /// Its event.
    pub position: Position,
    /// When it was declared.
    pub declared_at: DateTime<Utc>,
    /// Who declared it.
    pub actor: Actor,
    /// In which capacity.
    pub capacity: Capacity,
    /// What it covers.
    pub filter: TrailFilter,
    /// For what.
    pub motive: Option<Sealed<String>>,
}

/// Those of these readings that are declared, each with the position that the trail shows, as of one instant.
///
/// # Errors
/// Those of the database.
pub async fn by_ids(
    database: impl PgExecutor<'_>,
    readings: &[ReadingId],
) -> Result<Vec<(Reading, Position)>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT (SELECT position FROM projections.projection
                 WHERE name = 'audit_trail_v1' AND place = 'projections') AS shown,
                reading, position, declared_at, actor, actor_id, capacity, filter::text, motive::text
         FROM projections.audit_readings_v1 WHERE reading = ANY ($1)",
    )
    .bind(readings.iter().map(|reading| reading.as_uuid()).collect::<Vec<_>>())
    .fetch_all(database)
    .await?;
    let found = |row: &PgRow| {
        let shown: Option<i64> = row.try_get("shown")?;
        Ok((Reading::from_row(row)?, position(shown.unwrap_or_default())?))
    };
    rows.iter().map(found).collect()
}

impl FromRow<'_, PgRow> for Reading {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            reading: ReadingId::from_uuid(row.try_get::<Uuid, _>("reading")?),
            position: position(row.try_get("position")?)?,
            declared_at: row.try_get("declared_at")?,
            actor: of_columns(row.try_get("actor")?, row.try_get("actor_id")?)?,
            capacity: Capacity::from_name(row.try_get("capacity")?)
                .ok_or_else(|| sqlx::Error::Decode("no such capacity".into()))?,
            filter: of_json(row.try_get("filter")?)?,
            motive: of_column(row.try_get("motive")?)?,
        })
    }
}
