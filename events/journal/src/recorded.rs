//! One event as the journal keeps it.

use crate::merkle::POSTGRES_EPOCH;
use chrono::{DateTime, Datelike, Utc};
use esrs::store::StoreEvent;
use events::{AccountId, Actor, Capacity, CorrelationId, DecodeError, DomainEvent, EventId, Position, Version};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row};
use std::ops::RangeInclusive;
use uuid::Uuid;

/// The years that events are of, as the append holds them to.
const YEARS: RangeInclusive<i32> = 1970..=9999;

/// An event with all that is recorded beside it; its payload is still the bytes that were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Where it stands in the journal.
    pub position: Position,
    /// Its id.
    pub id: EventId,
    /// The type of its stream.
    pub stream_type: String,
    /// Its stream.
    pub stream_id: Uuid,
    /// Where it stands in its stream, from 1.
    pub version: Version,
    /// The stored name of its kind.
    pub name: String,
    /// The schema version it was written under.
    pub schema: i16,
    /// When the database recorded it; never goes back along positions. As [`Recorded::occurred_at`], where somebody wrote
    /// past the append what no date is.
    pub recorded_at: DateTime<Utc>,
    /// When it happened; an infinity, or a year beyond all dates, is the last or the first of these, and not decoded.
    pub occurred_at: DateTime<Utc>,
    /// The stored name of the kind of actor: see [`Recorded::actor`].
    pub actor_kind: String,
    /// The actor, where the kind has one.
    pub actor_id: Option<Uuid>,
    /// The stored name of the capacity: see [`Recorded::capacity`].
    pub capacity_name: String,
    /// What it belongs together with.
    pub correlation: CorrelationId,
    /// The event it followed from.
    pub causation: Option<EventId>,
    /// The trace it was part of.
    pub trace: Option<Vec<u8>>,
    /// The client's key.
    pub idempotency_key: Option<String>,
    /// The bytes that were written.
    pub payload: Vec<u8>,
    /// RFC 9162's hash of this leaf, as the database computed it.
    pub leaf: [u8; 32],
}

/// The columns that [`Recorded`] reads, in its order.
macro_rules! columns {
    () => {
        "position, id, stream_type, stream_id, version, type, schema_version, recorded_at, occurred_at, actor, \
         actor_id, capacity, correlation, causation, trace, idempotency_key, payload, leaf"
    };
}
pub(crate) use columns;

impl Recorded {
    /// Whether this is an event of vocabulary `E`.
    #[must_use]
    pub fn is<E: DomainEvent>(&self) -> bool {
        self.stream_type == E::STREAM
    }

    /// Who acted.
    ///
    /// # Errors
    /// [`DecodeError::UnknownActor`] when a newer build wrote it: whoever does not ask is not hindered.
    pub fn actor(&self) -> Result<Actor, DecodeError> {
        match (self.actor_kind.as_str(), self.actor_id) {
            ("account", Some(id)) => Ok(Actor::Account(AccountId::from_uuid(id))),
            ("anonymous", None) => Ok(Actor::Anonymous),
            ("service", None) => Ok(Actor::Service),
            _ => Err(DecodeError::UnknownActor),
        }
    }

    /// In which capacity.
    ///
    /// # Errors
    /// [`DecodeError::UnknownCapacity`] when a newer build wrote it.
    pub fn capacity(&self) -> Result<Capacity, DecodeError> {
        Capacity::from_name(&self.capacity_name).ok_or(DecodeError::UnknownCapacity)
    }

    /// The event itself, brought to its current schema version.
    ///
    /// # Errors
    /// [`DecodeError`] when this build cannot read it, [`DecodeError::InstantOutOfRange`] when no append of it can have been.
    pub fn decode<E: DomainEvent>(&self) -> Result<E, DecodeError> {
        if ![self.recorded_at, self.occurred_at].iter().all(|instant| YEARS.contains(&instant.year())) {
            return Err(DecodeError::InstantOutOfRange);
        }
        E::decode(&self.name, self.schema, &self.payload)
    }

    /// The event in the shape that handlers of `esrs` take.
    ///
    /// # Errors
    /// [`DecodeError`] when this build cannot read it.
    pub fn store_event<E: DomainEvent>(&self) -> Result<StoreEvent<E>, DecodeError> {
        Ok(StoreEvent {
            id: self.id.as_uuid(),
            aggregate_id: self.stream_id,
            payload: self.decode()?,
            occurred_on: self.occurred_at,
            sequence_number: self.version.0,
            version: Some(i32::from(self.schema)),
        })
    }
}

impl FromRow<'_, PgRow> for Recorded {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            position: Position::new(row.try_get(0)?).map_err(corrupt)?,
            id: EventId::from_uuid(row.try_get(1)?),
            stream_type: row.try_get(2)?,
            stream_id: row.try_get(3)?,
            version: Version(row.try_get(4)?),
            name: row.try_get(5)?,
            schema: row.try_get(6)?,
            recorded_at: instant(row, 7)?,
            occurred_at: instant(row, 8)?,
            actor_kind: row.try_get(9)?,
            actor_id: row.try_get(10)?,
            capacity_name: row.try_get(11)?,
            correlation: CorrelationId::from_uuid(row.try_get(12)?),
            causation: row.try_get::<Option<Uuid>, _>(13)?.map(EventId::from_uuid),
            trace: row.try_get(14)?,
            idempotency_key: row.try_get(15)?,
            payload: row.try_get(16)?,
            leaf: row.try_get::<&[u8], _>(17)?.try_into().map_err(corrupt)?,
        })
    }
}

/// An instant as PostgreSQL sends it, in microseconds from 2000-01-01. Its own reading panics at those that chrono has not.
fn instant(row: &PgRow, column: usize) -> Result<DateTime<Utc>, sqlx::Error> {
    let sent: i64 = row.try_get_unchecked(column)?;
    let beyond = if sent < 0 { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
    Ok(sent.checked_add(POSTGRES_EPOCH).and_then(DateTime::from_timestamp_micros).unwrap_or(beyond))
}

fn corrupt(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}

/// The stored name of an actor's kind, and its id.
pub(crate) const fn actor_columns(actor: &Actor) -> (&'static str, Option<AccountId>) {
    match actor {
        Actor::Account(id) => ("account", Some(*id)),
        Actor::Anonymous => ("anonymous", None),
        Actor::Service => ("service", None),
    }
}
