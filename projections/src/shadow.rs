//! Tables beside the live ones, in a schema of their own, for a rebuild or a verification.

use crate::checkpoint::Checkpoint;
use crate::column;
use crate::config::Lapse;
use crate::lease::Lease;
use crate::place::Place;
use crate::{Exclusions, Projection, ProjectionError};
use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use std::fmt::Write;
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

/// Looks for the lease of an earlier rebuild to lapse before giving up.
const LOOKS: usize = 5;

/// Takes the shadow of a projection: a rebuild of the same fold that was broken off goes on where it was, unless operators
/// have since decided otherwise about what it has passed; any other is begun anew. None, when another process is at it.
pub(crate) async fn claim(
    pool: &PgPool,
    projection: &Projection,
    owner: Uuid,
    lapse: Lapse,
) -> Result<Option<Lease>, ProjectionError> {
    let mut looks = tokio::time::interval(lapse.look());
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for _ in 0..LOOKS {
        looks.tick().await;
        outdate(pool, projection).await?;
        make(pool, projection).await?;
        if let Some(lease) = Lease::take(pool, projection, Place::Shadow, owner, lapse).await? {
            return Ok(Some(lease));
        }
    }
    Ok(None)
}

/// Forgets the row of a shadow that nobody is at and that has not followed what operators decided; of one that has, says so.
async fn outdate(pool: &PgPool, projection: &Projection) -> Result<(), ProjectionError> {
    let row: Option<(i64, i64, i64)> = sqlx::query_as(
        "SELECT p.begun_at, p.position, h.position
         FROM projections.projection p CROSS JOIN journal.head h WHERE p.name = $1 AND p.place = $2",
    )
    .bind(projection.name)
    .bind(Place::Shadow.schema())
    .fetch_optional(pool)
    .await?;
    let Some((begun_at, passed, head)) = row else { return Ok(()) };
    if Exclusions::changed(pool, projection.name, column::position(begun_at)?, column::position(passed)?).await? {
        sqlx::query(
            "DELETE FROM projections.projection
             WHERE name = $1 AND place = $2 AND begun_at = $3 AND lease_until < clock_timestamp()",
        )
        .bind(projection.name)
        .bind(Place::Shadow.schema())
        .bind(begun_at)
        .execute(pool)
        .await?;
    } else {
        sqlx::query(
            "UPDATE projections.projection SET begun_at = $4
             WHERE name = $1 AND place = $2 AND begun_at = $3 AND lease_until < clock_timestamp()",
        )
        .bind(projection.name)
        .bind(Place::Shadow.schema())
        .bind(begun_at)
        .bind(head)
        .execute(pool)
        .await?;
    }
    Ok(())
}

/// Makes row and tables in one transaction, unless those of this fold are there.
async fn make(pool: &PgPool, projection: &Projection) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    sqlx::query(
        "DELETE FROM projections.projection
         WHERE name = $1 AND place = $2 AND fold <> $3 AND lease_until < clock_timestamp()",
    )
    .bind(projection.name)
    .bind(Place::Shadow.schema())
    .bind(projection.fold)
    .execute(&mut *transaction)
    .await?;
    // Of two who come here at once, the second waits for the first one's row and leaves its tables alone.
    if Checkpoint::make(&mut *transaction, projection, Place::Shadow).await? {
        let mut ddl = String::new();
        for table in projection.tables {
            // Writing to a string cannot fail.
            let _ = write!(
                ddl,
                "DROP TABLE IF EXISTS projections_shadow.{table};
                 CREATE TABLE projections_shadow.{table} (LIKE projections.{table} INCLUDING ALL);"
            );
        }
        sqlx::raw_sql(AssertSqlSafe(ddl)).execute(&mut *transaction).await?;
    }
    transaction.commit().await
}

/// Lets the planner know the shadow tables before readers meet them.
pub(crate) async fn analyze(pool: &PgPool, projection: &Projection) -> Result<(), sqlx::Error> {
    for table in projection.tables {
        sqlx::raw_sql(AssertSqlSafe(format!("ANALYZE projections_shadow.{table}"))).execute(pool).await?;
    }
    Ok(())
}

/// Puts the shadow tables into the place of the live ones, which are dropped. Statements that were prepared before
/// are planned anew by the server, since they name the tables, not the files.
pub(crate) async fn put_in_place(connection: &mut PgConnection, projection: &Projection) -> Result<(), sqlx::Error> {
    let mut ddl = String::new();
    for table in projection.tables {
        // Writing to a string cannot fail.
        let _ = write!(
            ddl,
            "DROP TABLE projections.{table};
             ALTER TABLE projections_shadow.{table} SET SCHEMA projections;"
        );
    }
    sqlx::raw_sql(AssertSqlSafe(ddl)).execute(&mut *connection).await?;
    forget(connection, projection).await
}

/// Drops the shadow tables and their row.
pub(crate) async fn discard(pool: &PgPool, projection: &Projection) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    for table in projection.tables {
        let ddl = format!("DROP TABLE IF EXISTS projections_shadow.{table}");
        sqlx::raw_sql(AssertSqlSafe(ddl)).execute(&mut *transaction).await?;
    }
    forget(&mut transaction, projection).await?;
    transaction.commit().await
}

async fn forget(connection: &mut PgConnection, projection: &Projection) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM projections.projection WHERE name = $1 AND place = $2")
        .bind(projection.name)
        .bind(Place::Shadow.schema())
        .execute(connection)
        .await?;
    Ok(())
}
