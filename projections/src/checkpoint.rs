//! The row that says how far a projection has got.

use crate::column;
use crate::config::Lapse;
use crate::halt::Halt;
use crate::lease::Lease;
use crate::place::Place;
use crate::{Projection, ProjectionError};
use events::Position;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, PgExecutor, PgPool, Row};

/// The row of a projection.
#[derive(Clone, Debug)]
pub(crate) struct Checkpoint {
    pub(crate) fold: i32,
    pub(crate) position: Position,
    pub(crate) halt: Option<Halt>,
}

impl Checkpoint {
    const SQL: &'static str =
        "SELECT name, fold, position, failed_position, failed_event, failed_stream_type, failed_stream, failed_at, failure
         FROM projections.projection WHERE name = $1 AND place = $2";

    const LOCKED: &'static str =
        "SELECT name, fold, position, failed_position, failed_event, failed_stream_type, failed_stream, failed_at, failure
         FROM projections.projection WHERE name = $1 AND place = $2 FOR NO KEY UPDATE";

    /// The row, if there is one.
    pub(crate) async fn read(
        database: impl PgExecutor<'_>,
        name: &str,
        place: Place,
    ) -> Result<Option<Self>, sqlx::Error> {
        sqlx::query_as(Self::SQL).bind(name).bind(place.schema()).fetch_optional(database).await
    }

    /// The row of the live projection, which nobody moves until the transaction ends.
    pub(crate) async fn hold(connection: &mut PgConnection, name: &str) -> Result<Self, sqlx::Error> {
        sqlx::query_as(Self::LOCKED).bind(name).bind(Place::Live.schema()).fetch_one(connection).await
    }

    /// The row of the live projection, made when it is a new one.
    pub(crate) async fn find_or_make(pool: &PgPool, projection: &Projection) -> Result<Self, sqlx::Error> {
        if let Some(row) = Self::read(pool, projection.name, Place::Live).await? {
            return Ok(row);
        }
        Self::make(pool, projection, Place::Live).await?;
        Self::read(pool, projection.name, Place::Live).await?.ok_or(sqlx::Error::RowNotFound)
    }

    /// Makes the row, at the start of the journal, and says so; not, when it is there.
    pub(crate) async fn make(
        database: impl PgExecutor<'_>,
        projection: &Projection,
        place: Place,
    ) -> Result<bool, sqlx::Error> {
        let made = sqlx::query(
            "INSERT INTO projections.projection (name, place, fold, begun_at)
             SELECT $1, $2, $3, position FROM journal.head ON CONFLICT DO NOTHING",
        )
        .bind(projection.name)
        .bind(place.schema())
        .bind(projection.fold)
        .execute(database)
        .await?;
        Ok(made.rows_affected() == 1)
    }
}

impl FromRow<'_, PgRow> for Checkpoint {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            fold: row.try_get("fold")?,
            position: column::position(row.try_get("position")?)?,
            halt: Halt::of_row(row, "")?,
        })
    }
}

/// Moves the checkpoint from `from` to `to` and renews the lease, first thing in a transaction: from here to its end
/// nobody else folds this projection, and its tables are those of the lease's place.
///
/// Says whether the lease still stands; if not, the transaction must be given up.
///
/// The commit does not wait for the disk: a crash of the server takes rows and checkpoint back together, and they
/// are folded again, while appends to the journal have the disk for themselves. A transaction that is left open is
/// ended by the server after the time of the lease, so that a process that hangs does not keep its projections.
pub(crate) async fn advance(
    connection: &mut PgConnection,
    lease: &Lease,
    lapse: Lapse,
    from: Position,
    to: Position,
) -> Result<bool, ProjectionError> {
    let moved = sqlx::query(
        "UPDATE projections.projection
         SET position = $5, lease_until = clock_timestamp() + make_interval(secs => $6),
             failed_position = NULL, failed_event = NULL, failed_stream_type = NULL, failed_stream = NULL,
             failed_at = NULL, failure = NULL
         WHERE name = $1 AND place = $2 AND lease_epoch = $3 AND position = $4
         RETURNING set_config('search_path', place, true), set_config('synchronous_commit', 'off', true),
                   set_config('idle_in_transaction_session_timeout', $7, true)",
    )
    .bind(lease.projection)
    .bind(lease.place.schema())
    .bind(lease.epoch)
    .bind(from.get())
    .bind(to.get())
    .bind(lapse.0)
    .bind(lapse.milliseconds())
    .fetch_all(connection)
    .await?;
    Ok(moved.len() == 1)
}
