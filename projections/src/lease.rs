//! Who leads a projection: a row, not a session, so that a pooler between does no harm and a lost session loses
//! nothing.
//!
//! A lease has an epoch, and every batch names it: a leader that was taken for dead comes back to find its epoch
//! gone, and writes nothing. Nobody renews a lease but the batches themselves; one that lapses while there is nothing
//! to do harms nobody. All times are the database's.

use crate::Projection;
use crate::column;
use crate::config::Lapse;
use crate::place::Place;
use events::Position;
use sqlx::PgPool;
use uuid::Uuid;

/// The right to fold one projection at one place.
#[derive(Clone, Debug)]
pub(crate) struct Lease {
    pub(crate) projection: &'static str,
    pub(crate) place: Place,
    pub(crate) epoch: i64,
    /// Where the projection stood when the lease was taken.
    pub(crate) position: Position,
}

impl Lease {
    /// Takes the lease, if nobody holds it and the rows are of this build's fold. A row that is locked belongs to a
    /// batch under way, so to somebody alive: it is not waited for.
    ///
    /// A lease that ends later than any that is given now was given before the database's clock went back: it would
    /// keep the projection from everybody for as long as the clock was wrong. Its epoch fences who holds it still.
    pub(crate) async fn take(
        pool: &PgPool,
        projection: &Projection,
        place: Place,
        owner: Uuid,
        lapse: Lapse,
    ) -> Result<Option<Self>, sqlx::Error> {
        let taken: Option<(i64, i64)> = sqlx::query_as(
            "WITH free AS MATERIALIZED (
                 SELECT name, place FROM projections.projection
                 WHERE name = $1 AND place = $2 AND fold = $3
                   AND (lease_until < clock_timestamp() OR lease_owner = $4
                        OR lease_until > clock_timestamp() + make_interval(secs => greatest(10 * $5, 60)))
                 FOR NO KEY UPDATE SKIP LOCKED
             )
             UPDATE projections.projection p
             SET lease_owner = $4, lease_epoch = lease_epoch + 1,
                 lease_until = clock_timestamp() + make_interval(secs => $5)
             FROM free WHERE p.name = free.name AND p.place = free.place
             RETURNING p.lease_epoch, p.position",
        )
        .bind(projection.name)
        .bind(place.schema())
        .bind(projection.fold)
        .bind(owner)
        .bind(lapse.0)
        .fetch_optional(pool)
        .await?;
        taken
            .map(|(epoch, position)| {
                Ok(Self { projection: projection.name, place, epoch, position: column::position(position)? })
            })
            .transpose()
    }

    /// Gives up every lease of `owner`, so that others need not wait for them to lapse.
    pub(crate) async fn release_all(pool: &PgPool, owner: Uuid) -> Result<(), sqlx::Error> {
        sqlx::query(
            "UPDATE projections.projection SET lease_owner = NULL, lease_epoch = lease_epoch + 1, lease_until = '-infinity'
             WHERE lease_owner = $1",
        )
        .bind(owner)
        .execute(pool)
        .await?;
        Ok(())
    }
}
