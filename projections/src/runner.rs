//! Runs the projections: each led by one runner at a time, whatever number of processes run one.

use crate::checkpoint::Checkpoint;
use crate::exclusions::Exclusions;
use crate::feed::{Feed, Stop};
use crate::halt::{Halt, Poison};
use crate::lease::Lease;
use crate::place::Place;
use crate::rebuild::{RebuildError, rebuild};
use crate::retry::Retry;
use crate::together::Together;
use crate::{Config, Positions, Projection};
use events::Position;
use journal::Reader;
use sqlx::PgPool;
use std::cmp::Ordering;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The least time between two pages that are not full: under load an event then shares the price of a page with others,
/// and commands have the machine for themselves.
const PACE: Duration = Duration::from_millis(20);

/// Runs every projection until stopped, on a pool of the projector's role.
#[derive(Clone, Debug)]
pub struct Runner {
    reader: Reader,
    projections: Vec<Projection>,
    positions: Positions,
    config: Config,
    owner: Uuid,
}

impl Runner {
    /// A runner of these projections, which tells `positions` how far each has got. `reader` must be one of the
    /// projector's role.
    #[must_use]
    pub fn new(reader: Reader, projections: Vec<Projection>, positions: Positions, config: Config) -> Self {
        Self { reader, projections, positions, config, owner: Uuid::now_v7() }
    }

    /// Runs until `stop`; what is under way then is given up, and another runner takes over at once.
    ///
    /// # Errors
    /// [`JoinError`] when the task of a projection died: a fault of this build.
    pub async fn run(self, stop: CancellationToken) -> Result<(), JoinError> {
        let mut tasks = JoinSet::new();
        let together = Arc::new(Together::start(self.reader.clone(), &self.config));
        for projection in self.projections.clone() {
            let together = Arc::clone(&together);
            let led = Led { runner: self.clone(), together, projection, tried: None, eager: true };
            let stop = stop.clone();
            tasks.spawn(async move { stop.run_until_cancelled(led.run()).await });
        }
        let ended = loop {
            match tasks.join_next().await {
                Some(Ok(_)) => {}
                Some(Err(error)) => break Err(error),
                None => break Ok(()),
            }
        };
        tasks.shutdown().await;
        if let Err(error) = Lease::release_all(self.pool(), self.owner).await {
            tracing::warn!(error = %error, "the projections' leases were not given up; they lapse by themselves");
        }
        ended
    }

    const fn pool(&self) -> &PgPool {
        self.reader.pool()
    }
}

/// One projection in the hands of one runner.
struct Led {
    runner: Runner,
    together: Arc<Together>,
    projection: Projection,
    /// The event that could not be folded: it is tried again at a bounded pace.
    tried: Option<Retry>,
    /// Whether the lease is taken as soon as it is free. One who stands by leaves a lapsed lease to its leader, who
    /// had nothing to do, as long as the leader follows the head.
    eager: bool,
}

impl Led {
    async fn run(mut self) {
        let name = self.projection.name;
        let mut looks = tokio::time::interval(self.runner.config.lease().look());
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            let ended = self.term().await;
            self.eager |= ended.is_err();
            match ended {
                Ok(()) | Err(Stop::Fenced) => {}
                Err(Stop::Poison(poison)) => self.tried(poison.position),
                Err(Stop::Unavailable(error)) => {
                    tracing::warn!(projection = name, error = %error, "the projection cannot go on; trying again");
                }
            }
        }
    }

    /// Takes the lease, if it is free and there is something to do, and leads as long as it lasts.
    async fn term(&mut self) -> Result<(), Stop> {
        let pool = self.runner.pool();
        let row = Checkpoint::find_or_make(pool, &self.projection).await?;
        self.runner.positions.reach(self.projection.name, row.position);
        match row.fold.cmp(&self.projection.fold) {
            // A newer build leads.
            Ordering::Greater => return Ok(()),
            Ordering::Less => {
                let shadow = Checkpoint::read(pool, self.projection.name, Place::Shadow).await?;
                let halt = shadow.and_then(|shadow| shadow.halt);
                return if self.stands_still(halt.as_ref()).await? { Ok(()) } else { self.renew().await };
            }
            Ordering::Equal => {}
        }
        if self.stands_still(row.halt.as_ref()).await? {
            return Ok(());
        }
        let mut head = self.runner.reader.head();
        if !self.eager && head.position() <= row.position {
            head.past(row.position).await;
            return Ok(());
        }
        let Runner { owner, config, .. } = &self.runner;
        match Lease::take(pool, &self.projection, Place::Live, *owner, config.lease()).await? {
            Some(lease) => self.lead(lease).await,
            None => {
                self.eager = false;
                Ok(())
            }
        }
    }

    fn tried(&mut self, position: Position) {
        let first = self.runner.config.lease().look();
        self.tried = Some(Retry::after(self.tried, position, Instant::now(), first));
    }

    fn has_tried(&self, position: Position) -> bool {
        self.tried.is_some_and(|tried| tried.position == position)
    }

    /// Whether this process has tried the event already and is not to try it again yet, and nobody has left it out since.
    async fn stands_still(&self, halt: Option<&Halt>) -> Result<bool, Stop> {
        let waits = |halt: &&Halt| {
            self.has_tried(halt.position) && self.tried.is_some_and(|tried| !tried.is_due(Instant::now()))
        };
        let Some(halt) = halt.filter(waits) else { return Ok(false) };
        let exclusions = Exclusions::load(self.runner.pool(), self.projection.name).await?;
        Ok(!exclusions.cover_halt(halt))
    }

    async fn lead(&self, lease: Lease) -> Result<(), Stop> {
        let Runner { reader, positions, config, .. } = &self.runner;
        tracing::info!(projection = lease.projection, position = %lease.position, "leads the projection");
        positions.restart(lease.projection, lease.position);
        let mut feed = Feed::new(&self.projection, reader, lease, config).await?.along_with(&self.together);
        let mut head = reader.head();
        let mut pace = tokio::time::interval(PACE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let until = head.past(feed.at()).await;
            if until.events_since(feed.at()) < u64::from(config.batch) {
                pace.tick().await;
            }
            match feed.step(head.position()).await {
                Ok(()) => positions.reach(self.projection.name, feed.at()),
                Err(Stop::Poison(poison)) => {
                    self.halt(&poison, feed.lease()).await?;
                    return Err(Stop::Poison(poison));
                }
                Err(stop) => return Err(stop),
            }
        }
    }

    async fn halt(&self, poison: &Poison, lease: &Lease) -> Result<(), Stop> {
        if !self.has_tried(poison.position) {
            tracing::error!(
                projection = self.projection.name,
                position = %poison.position,
                event = %poison.event,
                reason = poison.reason,
                "the projection halts: an event cannot be folded",
            );
            metrics::counter!("projection_halts_total", "projection" => self.projection.name).increment(1);
        }
        Ok(poison.halt(self.runner.pool(), lease).await?)
    }

    /// This build folds the same events into other rows: they are folded anew beside the old ones.
    async fn renew(&mut self) -> Result<(), Stop> {
        let projection = &self.projection;
        tracing::info!(projection = projection.name, fold = projection.fold, "rebuilds the projection by a new fold");
        match rebuild(&self.runner.reader, projection, &self.runner.config, |_| {}).await {
            Ok(position) => {
                tracing::info!(projection = projection.name, position = %position, "the projection is rebuilt");
                self.runner.positions.reach(projection.name, position);
                Ok(())
            }
            Err(RebuildError::Busy | RebuildError::NeverRan) => Ok(()),
            Err(RebuildError::Halted(halt)) => {
                if !self.has_tried(halt.position) {
                    tracing::error!(
                        projection = projection.name,
                        position = %halt.position,
                        reason = halt.reason,
                        "the rebuild halts: an event cannot be folded",
                    );
                }
                self.tried(halt.position);
                Ok(())
            }
            Err(RebuildError::Unavailable(error)) => Err(Stop::Unavailable(error)),
        }
    }
}
