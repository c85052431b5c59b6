//! An event that cannot be folded halts its projection, and no other, until an operator decides on the record.

use crate::column;
use crate::lease::Lease;
use chrono::{DateTime, Utc};
use events::{EventId, Position};
use journal::Recorded;
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};
use uuid::Uuid;

/// Where a projection stands still, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Halt {
    /// The projection.
    pub projection: String,
    /// The event that could not be folded; all before it were.
    pub position: Position,
    /// Its id.
    pub event: EventId,
    /// The type of its stream.
    pub stream_type: String,
    /// Its stream.
    pub stream: Uuid,
    /// When the projection halted.
    pub at: DateTime<Utc>,
    /// Why, quoting nothing of the event.
    pub reason: String,
}

impl Halt {
    /// What the columns of a row with this prefix say, which are null where nothing has halted.
    pub(crate) fn of_row(row: &PgRow, prefix: &str) -> Result<Option<Self>, sqlx::Error> {
        let prefixed = |name: &str| format!("{prefix}{name}");
        let Some(failed) = row.try_get::<Option<i64>, _>(&*prefixed("failed_position"))? else { return Ok(None) };
        Ok(Some(Self {
            projection: row.try_get("name")?,
            position: column::position(failed)?,
            event: EventId::from_uuid(row.try_get(&*prefixed("failed_event"))?),
            stream_type: row.try_get(&*prefixed("failed_stream_type"))?,
            stream: row.try_get(&*prefixed("failed_stream"))?,
            at: row.try_get::<DateTime<Utc>, _>(&*prefixed("failed_at"))?,
            reason: row.try_get(&*prefixed("failure"))?,
        }))
    }
}

/// An event that cannot be folded, found alone in its batch.
#[derive(Clone, Debug)]
pub(crate) struct Poison {
    pub(crate) position: Position,
    pub(crate) event: EventId,
    pub(crate) stream_type: String,
    pub(crate) stream: Uuid,
    pub(crate) reason: String,
}

impl Poison {
    pub(crate) fn of(recorded: &Recorded) -> Self {
        Self {
            position: recorded.position,
            event: recorded.id,
            stream_type: recorded.stream_type.clone(),
            stream: recorded.stream_id,
            reason: String::new(),
        }
    }

    /// Writes into the projection's row that it halts before this event, and since the first time that it does; without
    /// effect when the lease is lost.
    pub(crate) async fn halt(&self, pool: &PgPool, lease: &Lease) -> Result<(), sqlx::Error> {
        sqlx::query(
            "UPDATE projections.projection
             SET failed_position = $4, failed_event = $5, failed_stream_type = $6, failed_stream = $7,
                 failed_at = CASE WHEN failed_event = $5 THEN failed_at ELSE clock_timestamp() END, failure = $8
             WHERE name = $1 AND place = $2 AND lease_epoch = $3 AND position = $4 - 1",
        )
        .bind(lease.projection)
        .bind(lease.place.schema())
        .bind(lease.epoch)
        .bind(self.position.get())
        .bind(self.event.as_uuid())
        .bind(&self.stream_type)
        .bind(self.stream)
        .bind(&self.reason)
        .execute(pool)
        .await?;
        Ok(())
    }
}
