//! The call of `journal.append_lone`, for a batch that is one command with one event.

use crate::recorded::actor_columns;
use crate::request::{NewEvent, Receipt, Request, StreamWrite};
use events::{Position, Version};
use sqlx::Row;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

/// A command with one event.
pub(crate) struct Lone<'a> {
    request: &'a Request,
    write: &'a StreamWrite,
    event: &'a NewEvent,
}

impl<'a> Lone<'a> {
    /// `None` when there is more to append.
    pub(crate) fn of(batch: &'a [Request]) -> Option<Self> {
        let [request] = batch else { return None };
        let [write] = request.writes.as_slice() else { return None };
        let [event] = write.events.as_slice() else { return None };
        Some(Self { request, write, event })
    }

    /// Runs it; it fails when the command loses.
    pub(crate) async fn run(self, connection: &mut PgConnection) -> Result<Receipt, sqlx::Error> {
        let Self { request, write, event } = self;
        let metadata = &request.metadata;
        let (actor, actor_id) = actor_columns(&metadata.actor);
        let idempotency = metadata.idempotency.as_ref();
        let version = Version(write.expected.0 + 1);
        let row = sqlx::query(
            "SELECT at, instant FROM journal.append_lone(
                 $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        )
        .bind(actor)
        .bind(actor_id.map(Uuid::from))
        .bind(metadata.capacity.as_str())
        .bind(metadata.occurred_at)
        .bind(metadata.correlation.as_uuid())
        .bind(metadata.causation.map(Uuid::from))
        .bind(metadata.trace.as_ref().map(<[u8; 16]>::as_slice))
        .bind(idempotency.map(|known| known.key.as_str()))
        .bind(idempotency.map(|known| known.fingerprint.as_slice()))
        .bind(idempotency.map(|known| known.outcome.as_slice()))
        .bind(write.stream.of)
        .bind(write.stream.id)
        .bind(version.0)
        .bind(event.id.as_uuid())
        .bind(event.name)
        .bind(event.schema)
        .bind(event.payload.as_slice())
        .fetch_one(connection)
        .await?;
        let position = Position::new(row.try_get(0)?).unwrap_or_default();
        Ok(Receipt { position, version, recorded_at: row.try_get(1)?, replayed: None })
    }
}
