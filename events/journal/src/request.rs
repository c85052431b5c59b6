//! What is asked of the journal, and what comes back.

use crate::{AppendError, StreamId};
use chrono::{DateTime, Utc};
use events::{DomainEvent, EventId, Metadata, Position, Version};
use std::sync::Arc;
use tokio::sync::oneshot;

/// What is known of an append that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The position of its last event: a read model that has got this far shows it.
    pub position: Position,
    /// The version of its first stream after it.
    pub version: Version,
    /// When the database recorded it.
    pub recorded_at: DateTime<Utc>,
    /// Set when the idempotency key was known, and nothing appended now.
    pub replayed: Option<Replayed>,
}

/// The first outcome of an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// What [`events::Idempotency::outcome`] held the first time.
    pub outcome: Vec<u8>,
}

/// An event on its way into the journal.
#[derive(Clone, Debug)]
pub(crate) struct NewEvent {
    pub(crate) id: EventId,
    pub(crate) name: &'static str,
    pub(crate) schema: i16,
    pub(crate) payload: Vec<u8>,
}

impl NewEvent {
    pub(crate) fn of<E: DomainEvent>(event: &E) -> Result<Self, AppendError> {
        Ok(Self {
            id: EventId::new(),
            name: event.name(),
            schema: event.schema(),
            payload: event.encode().map_err(AppendError::Encode)?,
        })
    }
}

/// The events for one stream, and the version it must be at; no events to check the version alone.
#[derive(Clone, Debug)]
pub(crate) struct StreamWrite {
    pub(crate) stream: StreamId,
    pub(crate) expected: Version,
    pub(crate) events: Vec<NewEvent>,
}

pub(crate) type Reply = Result<Receipt, AppendError>;

/// A command on its way into the journal.
pub(crate) struct Request {
    pub(crate) metadata: Arc<Metadata>,
    pub(crate) writes: Vec<StreamWrite>,
    pub(crate) reply: oneshot::Sender<Reply>,
}

impl Request {
    pub(crate) fn event_count(&self) -> usize {
        self.writes.iter().map(|write| write.events.len()).sum()
    }

    pub(crate) fn first_version(&self) -> Version {
        self.writes.first().map_or(Version::NONE, |write| Version(write.expected.0 + write.events.len() as i32))
    }
}
