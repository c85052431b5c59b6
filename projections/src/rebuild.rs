//! Folds a projection anew beside the live one, and puts the new tables in the place of the old ones at the very
//! position where those are.
//!
//! A rebuild may be broken off at any point: what it folded so far stays, and the next one goes on from there.
//! Nothing follows from it: reactions do not read these tables. An event that it cannot fold is kept in its row, where
//! operators find what they may leave out.

use crate::checkpoint::Checkpoint;
use crate::feed::{Feed, Stop};
use crate::halt::Poison;
use crate::place::Place;
use crate::{Config, Projection, ProjectionError, shadow};
use events::Position;
use journal::Reader;
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

/// How far a rebuild or a verification has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The last event folded.
    pub at: Position,
    /// The event that it has to reach.
    pub of: Position,
}

/// Why a projection was not rebuilt or verified.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// No projector has ever folded this projection on this database: there is nothing to be replaced.
    #[error("it has never run on this database: start a projector, which folds it from the first event on")]
    NeverRan,
    /// Another process rebuilds or verifies this projection.
    #[error("another rebuild or verification of this projection is under way")]
    Busy,
    /// An event cannot be folded; the live projection goes on.
    #[error("event {} cannot be folded: {}", .0.position, .0.reason)]
    Halted(Unfoldable),
    /// The database does not answer, or refused.
    #[error("the projection could not be rebuilt")]
    Unavailable(#[source] ProjectionError),
}

/// The event that stopped a rebuild.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfoldable {
    /// Where it stands.
    pub position: Position,
    /// Why, quoting nothing of the event.
    pub reason: String,
}

impl From<Stop> for RebuildError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Fenced => Self::Busy,
            Stop::Unavailable(error) => Self::Unavailable(error),
            Stop::Poison(Poison { position, reason, .. }) => Self::Halted(Unfoldable { position, reason }),
        }
    }
}

impl<E: Into<ProjectionError>> From<E> for RebuildError {
    fn from(error: E) -> Self {
        Self::Unavailable(error.into())
    }
}

/// Rebuilds `projection` with the pool of `reader`, whose role must be the projector's, and says at which position
/// the new tables took their place. `progress` is called with each batch.
///
/// # Errors
/// [`RebuildError`]; the live projection is as it was.
pub async fn rebuild(
    reader: &Reader,
    projection: &Projection,
    config: &Config,
    mut progress: impl FnMut(Progress),
) -> Result<Position, RebuildError> {
    let mut looks = tokio::time::interval(config.lease().look());
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let owner = Uuid::now_v7();
    Checkpoint::read(reader.pool(), projection.name, Place::Live).await?.ok_or(RebuildError::NeverRan)?;
    let mut feed = begin(reader, projection, config, owner).await?;
    loop {
        catch_up(reader, projection, config.batch.max(1), &mut feed, &mut progress).await?;
        shadow::analyze(reader.pool(), projection).await?;
        match swap(reader, projection, &mut feed).await {
            Ok(position) => return Ok(position),
            // A reader's long statement is in the way: the live tables are not waited for, or all others would wait
            // behind. The feed's own position may be ahead of what was undone, so it begins again.
            Err(Stop::Unavailable(error)) if error.is_transient() => {
                looks.tick().await;
                feed = begin(reader, projection, config, owner).await?;
            }
            Err(Stop::Unavailable(error)) => return Err(fault(reader, projection, config, owner, error).await),
            Err(stop) => return Err(stop.into()),
        }
    }
}

/// Discards what rebuilds that were broken off or have halted left beside the live tables, so that the next one begins at
/// the first event, whatever folded the rows that lie there.
///
/// # Errors
/// [`RebuildError::Busy`] while a rebuild is under way, and those of the database.
pub async fn discard(reader: &Reader, projection: &Projection, config: &Config) -> Result<(), RebuildError> {
    begin(reader, projection, config, Uuid::now_v7()).await?;
    Ok(shadow::discard(reader.pool(), projection).await?)
}

/// A feed of the shadow tables, from where they are.
pub(crate) async fn begin<'a>(
    reader: &'a Reader,
    projection: &'a Projection,
    config: &Config,
    owner: Uuid,
) -> Result<Feed<'a>, RebuildError> {
    let lease = shadow::claim(reader.pool(), projection, owner, config.lease()).await?.ok_or(RebuildError::Busy)?;
    Ok(Feed::new(projection, reader, lease, config).await?)
}

/// Folds until less than `short_of` events are left to the position of the live tables; of the journal, when the live
/// ones are of another fold and may not move any more.
pub(crate) async fn catch_up(
    reader: &Reader,
    projection: &Projection,
    short_of: u16,
    feed: &mut Feed<'_>,
    progress: &mut impl FnMut(Progress),
) -> Result<(), RebuildError> {
    loop {
        let live = Checkpoint::read(reader.pool(), projection.name, Place::Live).await?;
        let until = match live {
            Some(live) if live.fold == projection.fold => live.position,
            _ => reader.last_position().await?,
        };
        progress(Progress { at: feed.at(), of: until.max(feed.at()) });
        if until.events_since(feed.at()) < u64::from(short_of) {
            return Ok(());
        }
        while feed.at() < until {
            if let Err(stop) = feed.step(until).await {
                if let Stop::Poison(poison) = &stop {
                    poison.halt(reader.pool(), feed.lease()).await?;
                }
                return Err(stop.into());
            }
            progress(Progress { at: feed.at(), of: until });
        }
    }
}

/// Why the last, short batch could not be folded: within one transaction the event at fault cannot be told from those
/// around it, so they are folded again by themselves.
pub(crate) async fn fault(
    reader: &Reader,
    projection: &Projection,
    config: &Config,
    owner: Uuid,
    error: ProjectionError,
) -> RebuildError {
    let again = async {
        let mut feed = begin(reader, projection, config, owner).await?;
        catch_up(reader, projection, 1, &mut feed, &mut |_| {}).await
    };
    again.await.err().unwrap_or(RebuildError::Unavailable(error))
}

/// Holds the live projection where it is, folds up to there, and puts the new tables in the place of the old ones.
async fn swap(reader: &Reader, projection: &Projection, feed: &mut Feed<'_>) -> Result<Position, Stop> {
    let mut transaction = reader.pool().begin().await?;
    let live = Checkpoint::hold(&mut transaction, projection.name).await?;
    let mut transaction = feed.fold_within(transaction, live.position).await?;
    sqlx::query("SELECT set_config('lock_timeout', '200ms', true), set_config('synchronous_commit', 'on', true)")
        .execute(&mut *transaction)
        .await?;
    sqlx::query(
        "UPDATE projections.projection
         SET fold = $3, lease_epoch = lease_epoch + (position <> $4 OR fold <> $3)::int,
             lease_until = CASE WHEN position <> $4 OR fold <> $3 THEN '-infinity' ELSE lease_until END,
             failed_position = CASE WHEN position = $4 THEN failed_position END,
             failed_event = CASE WHEN position = $4 THEN failed_event END,
             failed_stream_type = CASE WHEN position = $4 THEN failed_stream_type END,
             failed_stream = CASE WHEN position = $4 THEN failed_stream END,
             failed_at = CASE WHEN position = $4 THEN failed_at END,
             failure = CASE WHEN position = $4 THEN failure END,
             position = $4,
             begun_at = (SELECT begun_at FROM projections.projection WHERE name = $1 AND place = $5)
         WHERE name = $1 AND place = $2",
    )
    .bind(projection.name)
    .bind(Place::Live.schema())
    .bind(projection.fold)
    .bind(feed.at().get())
    .bind(Place::Shadow.schema())
    .execute(&mut *transaction)
    .await?;
    shadow::put_in_place(&mut transaction, projection).await?;
    transaction.commit().await?;
    Ok(feed.at())
}
