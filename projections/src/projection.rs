//! What a projection declares: its name, its tables, the streams that it reads, and who folds them.

use crate::exclusions::Exclusions;
use crate::fold::{Fold, Rows};
use crate::{Contradiction, ProjectionError, Stream};
use async_trait::async_trait;
use esrs::handler::TransactionalEventHandler;
use events::DomainEvent;
use journal::Recorded;
use sqlx::{Postgres, Transaction};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// A projection, ready to be run, rebuilt or verified.
#[derive(Clone)]
pub struct Projection {
    /// Its name, with the version of its tables' shape: `accounts_v1`.
    pub name: &'static str,
    /// The version of its fold: raised when the same events give other rows, which rebuilds it.
    pub fold: i32,
    /// Its tables in schema `projections`.
    pub tables: &'static [&'static str],
    folding: Arc<dyn Folding>,
}

impl fmt::Debug for Projection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Projection").field("name", &self.name).field("fold", &self.fold).finish_non_exhaustive()
    }
}

impl Projection {
    /// Begins the declaration of a projection that folds into `R`.
    #[must_use]
    pub const fn named<R: Rows>(name: &'static str, fold: i32, tables: &'static [&'static str]) -> Declaration<R> {
        Declaration { name, fold, tables, routes: Routes { of: Vec::new(), every_stream: false } }
    }

    /// Whether it folds events of streams of this type, or halts at them; all others are passed over.
    pub(crate) fn reads(&self, stream_type: &str) -> bool {
        self.folding.reads(stream_type)
    }

    /// Folds those of the events that no operator excluded; the transaction comes back, to be committed.
    pub(crate) async fn fold(
        &self,
        transaction: Transaction<'static, Postgres>,
        events: Vec<Recorded>,
        exclusions: &Exclusions,
    ) -> Result<Transaction<'static, Postgres>, ProjectionError> {
        self.folding.fold(transaction, events, exclusions).await
    }
}

/// A projection that is being declared.
pub struct Declaration<R> {
    name: &'static str,
    fold: i32,
    tables: &'static [&'static str],
    routes: Routes<R>,
}

impl<R> fmt::Debug for Declaration<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Declaration").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<R: Rows> Declaration<R> {
    /// The events of vocabulary `E` go to `handler`.
    #[must_use]
    pub fn reads<E, H>(mut self, handler: H) -> Self
    where
        E: DomainEvent,
        H: TransactionalEventHandler<Stream<E>, ProjectionError, Fold<R>> + Send + 'static,
    {
        self.routes.of.push(Box::new(Handled { handler, of: PhantomData::<fn() -> E> }));
        self
    }

    /// It has something of every event: at a stream of a type that it has no handler for, which only a newer build knows,
    /// it halts instead of passing over it.
    #[must_use]
    pub fn every_stream(mut self) -> Self {
        self.routes.every_stream = true;
        self
    }

    /// The projection.
    #[must_use]
    pub fn declared(self) -> Projection {
        Projection { name: self.name, fold: self.fold, tables: self.tables, folding: Arc::new(self.routes) }
    }
}

#[async_trait]
trait Folding: Send + Sync {
    fn reads(&self, stream_type: &str) -> bool;

    async fn fold(
        &self,
        transaction: Transaction<'static, Postgres>,
        events: Vec<Recorded>,
        exclusions: &Exclusions,
    ) -> Result<Transaction<'static, Postgres>, ProjectionError>;
}

struct Routes<R> {
    of: Vec<Box<dyn Route<R>>>,
    every_stream: bool,
}

impl<R> Routes<R> {
    fn lead_from(&self, stream_type: &str) -> bool {
        self.of.iter().any(|route| route.stream_type() == stream_type)
    }
}

#[async_trait]
impl<R: Rows> Folding for Routes<R> {
    fn reads(&self, stream_type: &str) -> bool {
        self.every_stream || self.lead_from(stream_type)
    }

    async fn fold(
        &self,
        mut transaction: Transaction<'static, Postgres>,
        mut events: Vec<Recorded>,
        exclusions: &Exclusions,
    ) -> Result<Transaction<'static, Postgres>, ProjectionError> {
        events.retain(|recorded| !exclusions.cover(recorded.position, &recorded.stream_type, recorded.stream_id));
        if !events.iter().all(|recorded| self.lead_from(&recorded.stream_type)) {
            return Err(Contradiction::UnknownStreamType.into());
        }
        let rows = R::load(&events, &mut transaction).await?;
        let mut events = events.into_iter();
        let Some(recorded) = events.next() else { return Ok(transaction) };
        let mut fold = Fold { rows, recorded, transaction };
        loop {
            for route in &self.of {
                if route.stream_type() == fold.recorded.stream_type {
                    route.handle(&mut fold).await?;
                }
            }
            match events.next() {
                Some(next) => fold.recorded = next,
                None => break,
            }
        }
        fold.rows.write(&mut fold.transaction).await?;
        Ok(fold.transaction)
    }
}

#[async_trait]
trait Route<R>: Send + Sync {
    fn stream_type(&self) -> &'static str;
    async fn handle(&self, fold: &mut Fold<R>) -> Result<(), ProjectionError>;
}

struct Handled<E, H> {
    handler: H,
    of: PhantomData<fn() -> E>,
}

#[async_trait]
impl<R, E, H> Route<R> for Handled<E, H>
where
    R: Rows,
    E: DomainEvent,
    H: TransactionalEventHandler<Stream<E>, ProjectionError, Fold<R>> + Send,
{
    fn stream_type(&self) -> &'static str {
        E::STREAM
    }

    async fn handle(&self, fold: &mut Fold<R>) -> Result<(), ProjectionError> {
        let event = fold.recorded.store_event::<E>()?;
        self.handler.handle(&event, fold).await
    }
}
