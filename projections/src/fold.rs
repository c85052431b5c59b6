//! What a handler folds an event into.

use crate::ProjectionError;
use async_trait::async_trait;
use journal::Recorded;
use sqlx::{PgConnection, Postgres, Transaction};

/// The rows that one batch of events changes: read once before it, written once after it, so that a statement does
/// for thousands of events.
#[async_trait]
pub trait Rows: Sized + Send + 'static {
    /// What the events of `page` will change, as it stands.
    ///
    /// # Errors
    /// [`ProjectionError::Database`].
    async fn load(page: &[Recorded], connection: &mut PgConnection) -> Result<Self, ProjectionError>;

    /// Writes what has changed. Tables are named without a schema: the batch decides whether the live ones are meant
    /// or those of a rebuild.
    ///
    /// # Errors
    /// [`ProjectionError`], which undoes the whole batch.
    async fn write(self, connection: &mut PgConnection) -> Result<(), ProjectionError>;
}

/// For what few events change: each is written as it comes, by [`Fold::transaction`].
pub(crate) struct Unbatched;

#[async_trait]
impl Rows for Unbatched {
    async fn load(_: &[Recorded], _: &mut PgConnection) -> Result<Self, ProjectionError> {
        Ok(Self)
    }

    async fn write(self, _: &mut PgConnection) -> Result<(), ProjectionError> {
        Ok(())
    }
}

/// What `esrs` calls the executor of a handler: the rows of the batch, the event's envelope, and the transaction
/// that moves the checkpoint too.
#[derive(Debug)]
pub struct Fold<R> {
    /// The rows that are folded into.
    pub rows: R,
    /// The event as it was recorded: position, actor, times, correlation.
    pub recorded: Recorded,
    /// The transaction, for what cannot wait until the rows are written.
    pub transaction: Transaction<'static, Postgres>,
}
