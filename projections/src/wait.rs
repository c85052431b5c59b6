//! How far each projection has got, for whoever waits for it: nobody asks the database but one task, and only while
//! somebody waits.

use crate::Projection;
use crate::column;
use crate::place::Place;
use events::Position;
use sqlx::PgPool;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// Time between two looks at the projections' rows, while somebody waits.
const LOOK: Duration = Duration::from_millis(20);

/// A projection did not get to the position waited for in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the projection is behind, at {at}")]
pub struct Behind {
    /// Where it is.
    pub at: Position,
}

/// How far each projection has got.
///
/// A runner in the same process says so with each batch; [`Positions::follow`] looks, for what runners of other
/// processes do. Behind a replica, use one of its own that follows the replica's rows: it is they that are read.
#[derive(Clone, Debug)]
pub struct Positions(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    known: HashMap<&'static str, watch::Sender<Position>>,
    waiting: watch::Sender<usize>,
}

impl Positions {
    /// Of these projections, at the start until more is known.
    #[must_use]
    pub fn new(projections: &[Projection]) -> Self {
        let known = projections.iter().map(|projection| (projection.name, watch::Sender::new(Position::START)));
        Self(Arc::new(Inner { known: known.collect(), waiting: watch::Sender::new(0) }))
    }

    /// Where a projection is known to be; at the start, when it is not one of these.
    #[must_use]
    pub fn of(&self, projection: &str) -> Position {
        self.0.known.get(projection).map_or(Position::START, |known| *known.borrow())
    }

    /// Waits until `projection` shows everything up to `position`.
    ///
    /// # Errors
    /// [`Behind`] at the deadline; at once, for a projection that is not one of these.
    pub async fn wait(&self, projection: &str, position: Position, deadline: Instant) -> Result<(), Behind> {
        if self.of(projection) >= position {
            return Ok(());
        }
        tokio::time::timeout_at(deadline, self.reached(projection, position))
            .await
            .ok()
            .flatten()
            .map(|_| ())
            .ok_or_else(|| Behind { at: self.of(projection) })
    }

    /// Waits until `projection` has got past `position`, and says how far; none, and at once, for a projection that
    /// is not one of these. For ever, when nothing happens any more.
    pub async fn past(&self, projection: &str, position: Position) -> Option<Position> {
        let next = Position::new(position.get().saturating_add(1)).ok()?;
        self.reached(projection, next).await
    }

    async fn reached(&self, projection: &str, position: Position) -> Option<Position> {
        let mut known = self.0.known.get(projection)?.subscribe();
        let _waiting = Waiting::start(&self.0.waiting);
        known.wait_for(|at| *at >= position).await.ok().map(|at| *at)
    }

    /// Looks at the projections' rows every 20 ms while somebody waits, until cancelled.
    pub async fn follow(self, pool: PgPool, stop: CancellationToken) {
        let mut waiting = self.0.waiting.subscribe();
        let mut ticks = tokio::time::interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut answered = true;
        loop {
            let somebody = async {
                // The sender lives as long as `self`.
                let _ = waiting.wait_for(|waiting| *waiting > 0).await;
                ticks.tick().await;
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = somebody => {}
            }
            match self.look(&pool).await {
                Ok(()) => answered = true,
                Err(error) if answered => {
                    tracing::warn!(error = %error, "the projections' positions cannot be read; trying on");
                    answered = false;
                }
                Err(_) => {}
            }
        }
    }

    async fn look(&self, pool: &PgPool) -> Result<(), sqlx::Error> {
        let rows: Vec<(String, i64)> =
            sqlx::query_as("SELECT name, position FROM projections.projection WHERE place = $1")
                .bind(Place::Live.schema())
                .fetch_all(pool)
                .await?;
        for (projection, position) in rows {
            self.reach(&projection, column::position(position)?);
        }
        Ok(())
    }

    /// Takes note that a projection has got to `position`; later than what a look finds that began before.
    pub(crate) fn reach(&self, projection: &str, position: Position) {
        if let Some(known) = self.0.known.get(projection) {
            known.send_if_modified(|at| {
                let further = position > *at;
                *at = position.max(*at);
                further
            });
        }
    }

    /// Takes note that a projection is at `found` though it was known to be at `believed` before anybody looked: a
    /// server that crashed has lost its last rows, which are folded again. Whoever learned more meanwhile is right.
    pub fn correct(&self, projection: &str, believed: Position, found: Position) {
        if let Some(known) = self.0.known.get(projection) {
            known.send_if_modified(|at| {
                let lost = *at == believed && found < believed;
                if lost {
                    *at = found;
                }
                lost
            });
        }
    }

    /// Takes note of where a projection is, be it further back: a server that crashed may have lost its last rows.
    pub(crate) fn restart(&self, projection: &str, position: Position) {
        if let Some(known) = self.0.known.get(projection) {
            known.send_replace(position);
        }
    }
}

/// One who waits, counted until dropped.
struct Waiting<'a>(&'a watch::Sender<usize>);

impl<'a> Waiting<'a> {
    fn start(waiting: &'a watch::Sender<usize>) -> Self {
        waiting.send_modify(|count| *count += 1);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}
