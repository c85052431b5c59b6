//! Load, decide, append; and decide again when somebody else was first.

use crate::contention::Contention;
use esrs::manager::AggregateManager;
use esrs::store::EventStore;
use events::{DomainEvent, Metadata, Version};
use journal::{AppendError, Journal, Receipt, Snapshots, Unit};
use std::sync::Arc;
use uuid::Uuid;

/// What came of a command.
#[derive(Clone, Debug)]
pub struct Executed<S> {
    /// The state after it; for a repeated request, the state now.
    pub state: S,
    /// Where it stands in the journal; [`Receipt::replayed`] says that this was done before.
    pub receipt: Receipt,
}

/// Why a command was not executed. Nothing of it is in the journal, unless it says [`AppendError::Unavailable`].
#[derive(Debug, thiserror::Error)]
pub enum NotExecuted<R: std::error::Error + 'static> {
    /// The decision was no.
    #[error(transparent)]
    Refused(R),
    /// The journal could not read or append.
    #[error(transparent)]
    Journal(AppendError),
}

/// One command on its way: who acts, and what else must hold or be written in the same transaction.
#[derive(Debug)]
pub struct Execution<'a, A: Snapshots> {
    journal: &'a Journal,
    metadata: Metadata,
    at: Option<Version>,
    also: Vec<Also<A>>,
}

type Staged<A> = Result<Unit<A>, AppendError>;

/// Something to be appended to another stream by the same unit.
struct Also<A>(Box<dyn Fn(Unit<A>) -> Staged<A> + Send + Sync>);

impl<A> std::fmt::Debug for Also<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Also")
    }
}

impl<'a, A: Snapshots<Command: Clone>> Execution<'a, A> {
    /// A command to be recorded with `metadata`.
    #[must_use]
    pub const fn new(journal: &'a Journal, metadata: Metadata) -> Self {
        Self { journal, metadata, at: None, also: Vec::new() }
    }

    /// Decides on the aggregate at this version alone, on which the caller has concluded something beside. When it has
    /// moved, the command is not executed: [`AppendError::Conflict`].
    #[must_use]
    pub const fn at(mut self, version: Version) -> Self {
        self.at = Some(version);
        self
    }

    /// Appends `events` to another stream too, which must be at `expected`; with no events, only checks that it is.
    /// When it is not, the command is not executed: [`AppendError::Conflict`].
    #[must_use]
    pub fn also<E: DomainEvent>(mut self, id: impl Into<Uuid>, expected: Version, events: Vec<E>) -> Self {
        let id = id.into();
        self.also.push(Also(Box::new(move |unit| unit.also(id, expected, &events))));
        self
    }

    /// Executes `command` on the aggregate `id`.
    ///
    /// The decision is taken on the newest state that this process knows. The append holds it against the journal,
    /// so that a yes is never taken on an old state; a no is said only on a fresh one. A repeated idempotency key
    /// gets its first outcome, whatever would be decided now. While other processes are first, the decision is taken again,
    /// as long as [`Journal::patience`].
    ///
    /// # Errors
    /// [`NotExecuted`].
    pub async fn on(
        self,
        id: impl Into<Uuid>,
        command: A::Command,
    ) -> Result<Executed<A::State>, NotExecuted<A::Error>> {
        let id = id.into();
        let mut known = Known::Perhaps;
        let mut contention = Contention::new(self.journal.patience());
        // Kept while the decision is taken again: this process's callers go in the order in which they came.
        let _turn = self.unit().map_err(NotExecuted::Journal)?.lock(id).await.map_err(NotExecuted::Journal)?;
        loop {
            let unit = Arc::new(self.unit().map_err(NotExecuted::Journal)?);
            let state = match known {
                Known::Perhaps => unit.state(id).await,
                Known::Now => unit.fresh_state(id).await,
            };
            let state = state.map_err(|error| NotExecuted::Journal(error.into()))?;
            if self.at.is_some_and(|at| at.0 != *state.sequence_number()) {
                match known {
                    Known::Perhaps => known = Known::Now,
                    Known::Now => return Err(NotExecuted::Journal(AppendError::Conflict)),
                }
                continue;
            }
            match AggregateManager::new(Arc::clone(&unit)).handle_command(state, command.clone()).await {
                Ok(Ok(state)) => return self.executed(&unit, id, state).await,
                Ok(Err(refusal)) => match (self.recalled(&unit, id).await?, known) {
                    (Some(first), _) => return Ok(first),
                    (None, Known::Perhaps) => known = Known::Now,
                    (None, Known::Now) => return Err(NotExecuted::Refused(refusal)),
                },
                Err(AppendError::Conflict)
                    if self.also.is_empty() && self.at.is_none() && contention.goes_on().await =>
                {
                    known = Known::Now;
                }
                Err(error) => return Err(NotExecuted::Journal(error)),
            }
        }
    }

    fn unit(&self) -> Staged<A> {
        self.also.iter().try_fold(self.journal.unit(self.metadata.clone()), |unit, also| (also.0)(unit))
    }

    async fn executed(
        &self,
        unit: &Unit<A>,
        id: Uuid,
        state: A::State,
    ) -> Result<Executed<A::State>, NotExecuted<A::Error>> {
        match unit.receipt() {
            Some(receipt) if receipt.replayed.is_none() => Ok(Executed { state, receipt: receipt.clone() }),
            Some(receipt) => {
                let state = fresh(unit, id).await?;
                Ok(Executed { state, receipt: receipt.clone() })
            }
            // The decision was that there is nothing to do: what is known now is the outcome, unless the key has one.
            None => Ok(self.recalled(unit, id).await?.unwrap_or_else(|| Executed {
                state,
                receipt: Receipt {
                    position: self.journal.head().position(),
                    version: Version::NONE,
                    recorded_at: self.metadata.occurred_at,
                    replayed: None,
                },
            })),
        }
    }

    async fn recalled(&self, unit: &Unit<A>, id: Uuid) -> Result<Option<Executed<A::State>>, NotExecuted<A::Error>> {
        match self.journal.recall(&self.metadata).await.map_err(NotExecuted::Journal)? {
            Some(receipt) => Ok(Some(Executed { state: fresh(unit, id).await?, receipt })),
            None => Ok(None),
        }
    }
}

/// On which state a decision is taken.
#[derive(Clone, Copy)]
enum Known {
    /// The newest that this process has seen.
    Perhaps,
    /// The one that the database has now.
    Now,
}

async fn fresh<A: Snapshots>(unit: &Unit<A>, id: Uuid) -> Result<A::State, NotExecuted<A::Error>> {
    unit.fresh_state(id).await.map(esrs::AggregateState::into_inner).map_err(|error| NotExecuted::Journal(error.into()))
}
