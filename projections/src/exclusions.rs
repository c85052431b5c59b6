//! What operators left out of a projection, on the record.

use crate::halt::Halt;
use crate::lag::Standing;
use events::audit::ProjectionEvent;
use events::{DecodeError, DomainEvent, Position};
use journal::ReadError;
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The events that one projection leaves out: single ones, and the rest of a stream from a position on.
///
/// They come from the journal alone, so that a rebuild leaves out the same ones as the live projection did. A decision of a
/// kind or a schema that only a newer build knows leaves out nothing here, and says so in the log: what it left out halts this
/// build where it cannot fold it, and the projections of which it says nothing go on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exclusions {
    skipped: BTreeSet<Position>,
    quarantined: Vec<(String, Uuid, Position)>,
    /// What was taken back, and where that was decided.
    readmitted: BTreeMap<Position, Position>,
}

impl Exclusions {
    /// All that was recorded for `projection` up to now, by the index of operators' decisions.
    ///
    /// # Errors
    /// [`ReadError`] when the journal cannot be read.
    pub async fn load(pool: &PgPool, projection: &str) -> Result<Self, ReadError> {
        Ok(Self::of_all(pool).await?.remove(projection).unwrap_or_default())
    }

    /// All that was recorded up to now, by projection; one of which nothing was ever left out is not there.
    ///
    /// # Errors
    /// [`ReadError`] when the journal cannot be read.
    pub async fn of_all(pool: &PgPool) -> Result<BTreeMap<String, Self>, ReadError> {
        let mut all = BTreeMap::<String, Self>::new();
        for (decided, event) in decisions(pool, Position::default()).await? {
            if let Some((projection, _)) = about(&event) {
                all.entry(projection.to_owned()).or_default().note(decided, event);
            }
        }
        Ok(all)
    }

    /// Whether something else was decided after position `since` about an event up to `passed`.
    pub(crate) async fn changed(pool: &PgPool, of: &str, since: Position, passed: Position) -> Result<bool, ReadError> {
        let decided = decisions(pool, since).await?;
        let mut decided = decided.iter().filter_map(|(_, event)| about(event));
        Ok(decided.any(|(projection, position)| projection == of && position <= passed))
    }

    /// Only what stood in the journal when it was decided on is left out: nobody leaves out what is still to come.
    fn note(&mut self, decided: Position, event: ProjectionEvent) {
        match event {
            ProjectionEvent::ProjectionEventSkipped { position, .. }
            | ProjectionEvent::ProjectionStreamQuarantined { position, .. }
                if position >= decided => {}
            ProjectionEvent::ProjectionEventSkipped { position, .. } => {
                self.readmitted.remove(&position);
                self.skipped.insert(position);
            }
            ProjectionEvent::ProjectionStreamQuarantined { stream_type, stream, position, .. } => {
                self.readmitted.remove(&position);
                self.quarantined.push((stream_type, stream, position));
            }
            ProjectionEvent::ProjectionReadmitted { position, .. } => {
                self.skipped.remove(&position);
                self.quarantined.retain(|(_, _, from)| *from != position);
                self.readmitted.insert(position, decided);
            }
            ProjectionEvent::ProjectionRebuilt { .. } => {}
        }
    }

    /// Whether nothing is left out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.skipped.is_empty() && self.quarantined.is_empty()
    }

    /// The events that are left out one by one, in their order.
    pub fn skipped(&self) -> impl Iterator<Item = Position> {
        self.skipped.iter().copied()
    }

    /// The events from which on the rest of their stream is left out.
    pub fn quarantined_from(&self) -> impl Iterator<Item = Position> {
        self.quarantined.iter().map(|(_, _, from)| *from)
    }

    /// The events from which on something was readmitted that the live projection of `standing` has passed, and that no
    /// rebuild begun since has put back.
    pub fn to_be_put_back(&self, standing: &Standing) -> impl Iterator<Item = Position> {
        let (begun, passed) = (standing.begun_at, standing.position);
        self.readmitted.iter().filter(move |(at, decided)| **at <= passed && **decided > begun).map(|(at, _)| *at)
    }

    /// Whether the event at `position`, of this stream, is left out.
    pub(crate) fn cover(&self, position: Position, stream_type: &str, stream: Uuid) -> bool {
        self.skipped.contains(&position)
            || self.quarantined.iter().any(|(of, id, from)| *id == stream && of == stream_type && position >= *from)
    }

    /// Whether the event that a projection halted at is left out by now.
    pub(crate) fn cover_halt(&self, halt: &Halt) -> bool {
        self.cover(halt.position, &halt.stream_type, halt.stream)
    }
}

/// Which projection a decision is about, and which event of it; none for what leaves nothing out or in.
const fn about(event: &ProjectionEvent) -> Option<(&String, Position)> {
    match event {
        ProjectionEvent::ProjectionEventSkipped { projection, position, .. }
        | ProjectionEvent::ProjectionStreamQuarantined { projection, position, .. }
        | ProjectionEvent::ProjectionReadmitted { projection, position, .. } => Some((projection, *position)),
        ProjectionEvent::ProjectionRebuilt { .. } => None,
    }
}

/// What was decided about all projections after a position, and where, as far as this build knows the decisions.
async fn decisions(pool: &PgPool, after: Position) -> Result<Vec<(Position, ProjectionEvent)>, ReadError> {
    let rows: Vec<(i64, String, i16, Vec<u8>)> = sqlx::query_as(
        "SELECT position, type, schema_version, payload FROM journal.event
         WHERE stream_type = 'projection' AND position > $1 ORDER BY position",
    )
    .bind(after.get())
    .fetch_all(pool)
    .await?;
    let decoded = rows.into_iter().filter_map(|(position, name, schema, payload)| {
        let position = Position::new(position).unwrap_or_default();
        match ProjectionEvent::decode(&name, schema, &payload) {
            Ok(event) => Some(Ok((position, event))),
            Err(unknown @ (DecodeError::UnknownKind { .. } | DecodeError::FromTheFuture { .. })) => {
                tracing::warn!(position = %position, error = %unknown, "an operator's decision of a newer build is passed over");
                None
            }
            Err(source) => Some(Err(ReadError::Corrupt { position, source })),
        }
    });
    decoded.collect()
}
