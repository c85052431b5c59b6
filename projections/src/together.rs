//! What the projections of one process do together, so that an event costs the database as little as it can: the newest
//! events are read once for all, and checkpoints pass over what their projections do not read with one statement.

use crate::config::{Config, Lapse};
use crate::lease::Lease;
use crate::page::{self, Page};
use crate::place::Place;
use crate::{Projection, ProjectionError};
use events::Position;
use journal::{Grouped, Reader, Recorded};
use sqlx::PgConnection;
use std::collections::{HashMap, VecDeque};
use tokio::sync::Mutex;

/// How many of the newest events are kept.
const KEPT: u64 = 1_024;

/// The projections that one runner leads.
#[derive(Debug)]
pub(crate) struct Together {
    reader: Reader,
    newest: Mutex<Newest>,
    passing: Grouped<Pass, ()>,
}

impl Together {
    /// Starts a task that ends when this is dropped.
    pub(crate) fn start(reader: Reader, config: &Config) -> Self {
        let lapse = config.lease();
        // One at a time, so that all who wait pass with one statement.
        let passing = Grouped::start(reader.pool(), 1, move |connection, passes| {
            Box::pin(async move { pass_over(connection, lapse, passes).await })
        });
        Self { reader, newest: Mutex::default(), passing }
    }

    /// The events after `after` up to and with `until`, which is one that the journal is known to have; none when that
    /// is too far back.
    pub(crate) async fn newest(
        &self,
        projection: &Projection,
        after: Position,
        until: Position,
    ) -> Result<Option<Page>, ProjectionError> {
        if until.events_since(after) > KEPT {
            return Ok(None);
        }
        let mut newest = self.newest.lock().await;
        if newest.until < after {
            *newest = Newest { events: VecDeque::new(), until: after };
        }
        while newest.until < until {
            let more = page::read(&self.reader, newest.until, KEPT as i64).await?;
            if more.is_empty() {
                // It is not there yet for this connection.
                break;
            }
            newest.add(more);
        }
        Ok(newest.page(projection, after, until))
    }

    /// Moves the checkpoint of a lease over events that its projection does not read. Not, when the lease is lost or
    /// somebody else is at the row, or the database does not answer.
    pub(crate) async fn pass(&self, lease: &Lease, from: Position, to: Position) -> bool {
        let pass = Pass { projection: lease.projection, epoch: lease.epoch, from, to };
        matches!(self.passing.get(pass).await, Ok(Some(())))
    }
}

/// The newest events, without a hole.
#[derive(Debug, Default)]
struct Newest {
    events: VecDeque<Recorded>,
    /// The last of them, or where they begin.
    until: Position,
}

impl Newest {
    fn add(&mut self, more: Vec<Recorded>) {
        self.until = more.last().map_or(self.until, |last| last.position);
        self.events.extend(more);
        self.events.drain(..self.events.len().saturating_sub(KEPT as usize));
    }

    fn page(&self, projection: &Projection, after: Position, until: Position) -> Option<Page> {
        let kept = self.events.len() as u64;
        let behind = self.until.events_since(after);
        let skipped = usize::try_from(kept.checked_sub(behind)?).ok()?;
        let stretch = self.events.iter().skip(skipped).take_while(|recorded| recorded.position <= until);
        Some(Page::of(projection, after, stretch))
    }
}

/// A checkpoint that passes over what its projection does not read.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Pass {
    projection: &'static str,
    epoch: i64,
    from: Position,
    to: Position,
}

/// Moves live checkpoints and renews their leases, as [`crate::checkpoint::advance`] does, all in one statement. A row
/// that somebody else is at is left to who may wait for it.
async fn pass_over(
    connection: &mut PgConnection,
    lapse: Lapse,
    passes: Vec<Pass>,
) -> Result<HashMap<Pass, ()>, sqlx::Error> {
    let moved: Vec<(String, String)> = sqlx::query_as(
        "UPDATE projections.projection p
         SET position = free.to_position, lease_until = clock_timestamp() + make_interval(secs => $6),
             failed_position = NULL, failed_event = NULL, failed_stream_type = NULL, failed_stream = NULL,
             failed_at = NULL, failure = NULL
         FROM (
             SELECT k.name, k.place, n.to_position
             FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[]) n (name, epoch, from_position, to_position)
             JOIN projections.projection k
               ON k.name = n.name AND k.place = $5 AND k.lease_epoch = n.epoch AND k.position = n.from_position
             FOR NO KEY UPDATE OF k SKIP LOCKED
         ) free
         WHERE p.name = free.name AND p.place = free.place
         RETURNING p.name, set_config('synchronous_commit', 'off', true)",
    )
    .bind(passes.iter().map(|pass| pass.projection).collect::<Vec<_>>())
    .bind(passes.iter().map(|pass| pass.epoch).collect::<Vec<_>>())
    .bind(passes.iter().map(|pass| pass.from.get()).collect::<Vec<_>>())
    .bind(passes.iter().map(|pass| pass.to.get()).collect::<Vec<_>>())
    .bind(Place::Live.schema())
    .bind(lapse.0)
    .fetch_all(connection)
    .await?;
    let moved: HashMap<String, String> = moved.into_iter().collect();
    Ok(passes.into_iter().filter(|pass| moved.contains_key(pass.projection)).map(|pass| (pass, ())).collect())
}
