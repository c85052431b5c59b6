//! The store of one command.

use crate::request::{NewEvent, StreamWrite};
use crate::{AppendError, Journal, ReadError, Receipt, Snapshots, StreamId};
use async_trait::async_trait;
use esrs::AggregateState;
use esrs::store::{EventStore, EventStoreLockGuard, StoreEvent, UnlockOnDrop};
use events::{DomainEvent, Metadata, Version};
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};
use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

/// An `esrs::EventStore` for one command: who acts goes in, the receipt comes out.
///
/// It keeps no connection. `persist` appends once; a unit is not used for a second command.
#[derive(Debug)]
pub struct Unit<A> {
    journal: Journal,
    metadata: Arc<Metadata>,
    also: Vec<StreamWrite>,
    receipt: OnceLock<Receipt>,
    of: PhantomData<fn() -> A>,
}

impl<A: Snapshots> Unit<A> {
    pub(crate) fn new(journal: Journal, metadata: Metadata) -> Self {
        Self { journal, metadata: Arc::new(metadata), also: Vec::new(), receipt: OnceLock::new(), of: PhantomData }
    }

    /// Appends `events` to a second stream too, in the same transaction, if that stream is at `expected`; with no
    /// events, only checks that it is.
    ///
    /// # Errors
    /// [`AppendError::Encode`].
    pub fn also<E: DomainEvent>(
        mut self,
        id: impl Into<Uuid>,
        expected: Version,
        events: &[E],
    ) -> Result<Self, AppendError> {
        let events = events.iter().map(NewEvent::of).collect::<Result<_, _>>()?;
        self.also.push(StreamWrite { stream: StreamId::new(E::STREAM, id), expected, events });
        Ok(self)
    }

    /// The state to decide on: the newest that this process knows, which the append will hold against the journal.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn state(&self, id: impl Into<Uuid>) -> Result<AggregateState<A::State>, ReadError> {
        let stream = StreamId::new(A::Event::STREAM, id);
        match self.journal.cached::<A>(stream) {
            Some((version, state)) => Ok(at_version(stream.id, version, state)),
            None => self.fresh_state(stream.id).await,
        }
    }

    /// The state as the database has it now.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn fresh_state(&self, id: impl Into<Uuid>) -> Result<AggregateState<A::State>, ReadError> {
        let stream = StreamId::new(A::Event::STREAM, id);
        let (version, state) = self.journal.recover::<A>(stream).await?;
        self.journal.keep::<A>(stream, version, state.clone());
        Ok(at_version(stream.id, version, state))
    }

    /// What came of the append; none before it, and none when the decision gave no event.
    #[must_use]
    pub fn receipt(&self) -> Option<&Receipt> {
        self.receipt.get()
    }

    fn keep(&self, stream: StreamId, before: Version, state: &A::State, events: &[A::Event]) {
        let version = Version(before.0 + events.len() as i32);
        let state = events.iter().cloned().fold(state.clone(), A::apply_event);
        if before.0 / A::EVERY != version.0 / A::EVERY {
            self.journal.keep_snapshot::<A>(stream, version, &state);
        }
        self.journal.keep::<A>(stream, version, state);
    }
}

/// A state of `esrs` at a version: the fold of one event that is the state itself.
fn at_version<S: Default>(id: Uuid, version: Version, state: S) -> AggregateState<S> {
    let whole = StoreEvent {
        id: Uuid::nil(),
        aggregate_id: id,
        payload: state,
        occurred_on: chrono::DateTime::UNIX_EPOCH,
        sequence_number: version.0,
        version: None,
    };
    AggregateState::with_id(id).apply_store_events(vec![whole], |_, state| state)
}

struct Turn {
    _held: OwnedMutexGuard<()>,
}

impl UnlockOnDrop for Turn {}

#[async_trait]
impl<A: Snapshots> EventStore for Unit<A> {
    type Aggregate = A;
    type Error = AppendError;

    /// This process's turn on the stream; no connection is held, and versions decide whatever happens.
    async fn lock(&self, aggregate_id: Uuid) -> Result<EventStoreLockGuard, AppendError> {
        let held = self.journal.turn(StreamId::new(A::Event::STREAM, aggregate_id)).await;
        Ok(EventStoreLockGuard::new(Turn { _held: held }))
    }

    async fn by_aggregate_id(&self, aggregate_id: Uuid) -> Result<Vec<StoreEvent<A::Event>>, AppendError> {
        use futures::TryStreamExt;
        let stream = StreamId::new(A::Event::STREAM, aggregate_id);
        self.journal
            .reader()
            .stream(stream, Version::NONE)
            .and_then(|recorded| async move {
                recorded.store_event().map_err(|source| ReadError::Corrupt { position: recorded.position, source })
            })
            .try_collect()
            .await
            .map_err(AppendError::Read)
    }

    async fn persist(
        &self,
        aggregate_state: &mut AggregateState<A::State>,
        events: Vec<A::Event>,
    ) -> Result<Vec<StoreEvent<A::Event>>, AppendError> {
        if events.is_empty() && self.also.is_empty() {
            return Ok(Vec::new());
        }
        let stream = StreamId::new(A::Event::STREAM, *aggregate_state.id());
        let expected = Version(*aggregate_state.sequence_number());
        let new: Vec<NewEvent> = events.iter().map(NewEvent::of).collect::<Result<_, _>>()?;
        let ids: Vec<Uuid> = new.iter().map(|event| event.id.as_uuid()).collect();
        let writes = std::iter::once(StreamWrite { stream, expected, events: new }).chain(self.also.iter().cloned());
        let receipt = self.journal.append(Arc::clone(&self.metadata), writes.collect()).await?;
        let replayed = receipt.replayed.is_some();
        // A unit is used once: a second receipt has nobody to read it.
        let _ = self.receipt.set(receipt);
        if replayed {
            return Ok(Vec::new());
        }
        self.keep(stream, expected, aggregate_state.inner(), &events);
        Ok(ids
            .into_iter()
            .zip(events)
            .zip(expected.0 + 1..)
            .map(|((id, payload), sequence_number)| StoreEvent {
                id,
                aggregate_id: stream.id,
                version: Some(i32::from(payload.schema())),
                payload,
                occurred_on: self.metadata.occurred_at,
                sequence_number,
            })
            .collect())
    }

    /// Nothing: readers follow the journal, they are not called.
    async fn publish(&self, _: &[StoreEvent<A::Event>]) {}

    /// # Errors
    /// Always [`AppendError::AppendOnly`].
    async fn delete(&self, _: Uuid) -> Result<(), AppendError> {
        Err(AppendError::AppendOnly)
    }
}
