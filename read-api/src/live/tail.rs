//! Reads the trail once for every event stream of the process.

use events::Position;
use events::audit::TrailFilter;
use projections::Positions;
use projections::audit::trail::{self, Entry, Order};
use sqlx::PgPool;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, broadcast};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// Entries of one batch at most.
const BATCH: u16 = 256;

/// Batches kept for streams that are slow; one that is slower still reads the database.
const KEPT: usize = 32;

/// Time between two attempts while the database does not answer.
const RETRY: Duration = Duration::from_secs(1);

/// All entries of the trail after one position, up to and with another.
#[derive(Clone, Debug)]
pub(super) struct Batch {
    pub(super) after: Position,
    pub(super) upto: Position,
    pub(super) entries: Arc<[Entry]>,
}

/// The newest entries, as they come.
#[derive(Clone, Debug)]
pub(super) struct Tail {
    batches: broadcast::Sender<Batch>,
    wanted: Arc<Notify>,
}

impl Tail {
    pub(super) fn start(pool: PgPool, positions: Positions, stop: CancellationToken) -> Self {
        let tail = Self { batches: broadcast::Sender::new(KEPT), wanted: Arc::default() };
        let reading = Reading { pool, positions, batches: tail.batches.clone() };
        let wanted = Arc::clone(&tail.wanted);
        tokio::spawn(async move { stop.run_until_cancelled(reading.whenever(&wanted)).await });
        tail
    }

    /// Batches from about now on. Whether one follows on what is known already is told by [`Batch::after`]: the first
    /// comes at once when nobody listened before, and is empty.
    pub(super) fn listen(&self) -> broadcast::Receiver<Batch> {
        let batches = self.batches.subscribe();
        self.wanted.notify_one();
        batches
    }
}

struct Reading {
    pool: PgPool,
    positions: Positions,
    batches: broadcast::Sender<Batch>,
}

impl Reading {
    /// Reads while somebody listens.
    async fn whenever(self, wanted: &Notify) {
        let mut attempts = tokio::time::interval(RETRY);
        attempts.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            wanted.notified().await;
            while self.batches.receiver_count() > 0 {
                match self.read().await {
                    Ok(()) => break,
                    Err(error) => {
                        tracing::warn!(error = %error, "the trail cannot be read for event streams; trying on");
                        attempts.tick().await;
                    }
                }
            }
        }
    }

    /// Reads until nobody listens.
    async fn read(&self) -> Result<(), sqlx::Error> {
        let mut at = self.shown().await?;
        // Whoever began to listen before this learns that he may have missed something.
        self.send(at, at, Vec::new());
        while self.batches.receiver_count() > 0 {
            tokio::select! {
                () = self.batches.closed() => return Ok(()),
                Some(_) = self.positions.past(trail::NAME, at) => {}
            }
            let believed = self.positions.of(trail::NAME);
            let shown = self.shown().await?;
            // The server has crashed, and what it had shown is folded again: it is not to be skipped.
            self.positions.correct(trail::NAME, believed, shown);
            if shown <= at {
                continue;
            }
            let entries = trail::page(&self.pool, &TrailFilter::default(), Order::After(at), BATCH).await?;
            let upto = entries.last().map_or(shown, |last| last.position);
            self.send(at, upto, entries);
            at = at.max(upto);
        }
        Ok(())
    }

    async fn shown(&self) -> Result<Position, sqlx::Error> {
        let position: Option<i64> =
            sqlx::query_scalar("SELECT position FROM projections.projection WHERE place = 'projections' AND name = $1")
                .bind(trail::NAME)
                .fetch_optional(&self.pool)
                .await?;
        Position::new(position.unwrap_or_default()).map_err(|error| sqlx::Error::Decode(Box::new(error)))
    }

    fn send(&self, after: Position, upto: Position, entries: Vec<Entry>) {
        // Fails when nobody listens any more, which ends the reading.
        let _ = self.batches.send(Batch { after, upto, entries: entries.into() });
    }
}
