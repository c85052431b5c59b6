//! How far the journal has got, for whoever waits for more.

use events::Position;
use sqlx::PgPool;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// The newest position known to be committed, with every position before it.
///
/// This process's own appends advance it at once; those of other processes by a look at the head row, one primary
/// key lookup an interval, however many wait. `NOTIFY` is not used: it takes a lock of the whole database at commit.
#[derive(Clone, Debug)]
pub struct Head(watch::Receiver<Position>);

impl Head {
    /// The newest position known.
    #[must_use]
    pub fn position(&self) -> Position {
        *self.0.borrow()
    }

    /// Waits until the journal has got past `position`, and says how far.
    ///
    /// For ever, when nothing is appended any more: bound it, or select it against a cancellation.
    pub async fn past(&mut self, position: Position) -> Position {
        let head = self.0.wait_for(|head| *head > position).await.map(|head| *head);
        match head {
            Ok(head) => head,
            Err(_closed) => std::future::pending().await,
        }
    }
}

/// Moves [`Head`] forward, never back.
#[derive(Clone, Debug)]
pub(crate) struct HeadSender(watch::Sender<Position>);

impl HeadSender {
    pub(crate) fn new(position: Position) -> Self {
        Self(watch::Sender::new(position))
    }

    pub(crate) fn subscribe(&self) -> Head {
        Head(self.0.subscribe())
    }

    pub(crate) fn advance(&self, position: Position) {
        self.0.send_if_modified(|head| {
            let later = position > *head;
            if later {
                *head = position;
            }
            later
        });
    }

    /// Looks at the head row every `interval`, for what other processes append, until cancelled.
    pub(crate) async fn follow(self, pool: PgPool, interval: Duration, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(interval);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut answered = true;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = ticks.tick() => {}
            }
            if self.0.receiver_count() == 0 {
                continue;
            }
            let read = tokio::select! {
                () = stop.cancelled() => return,
                read = read_head(&pool) => read,
            };
            match read {
                Ok(position) => {
                    self.advance(position);
                    answered = true;
                }
                Err(error) if answered => {
                    tracing::warn!(error = %error, "the journal's head cannot be read; trying on");
                    answered = false;
                }
                Err(_) => {}
            }
        }
    }
}

/// By its newest version, as `journal.append` does: old ones stay while anybody holds a snapshot.
pub(crate) async fn read_head(pool: &PgPool) -> Result<Position, sqlx::Error> {
    const SQL: &str = "SELECT position FROM journal.head ORDER BY one DESC LIMIT 1";
    let position: i64 = sqlx::query_scalar(SQL).fetch_one(pool).await?;
    Position::new(position).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}
