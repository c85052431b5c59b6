//! Which stream an event belongs to.

use uuid::Uuid;

/// A stream: the events of one aggregate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId {
    /// The stream type, [`events::DomainEvent::STREAM`].
    pub of: &'static str,
    /// The aggregate.
    pub id: Uuid,
}

impl StreamId {
    /// The stream of type `of` under `id`.
    #[must_use]
    pub fn new(of: &'static str, id: impl Into<Uuid>) -> Self {
        Self { of, id: id.into() }
    }
}
