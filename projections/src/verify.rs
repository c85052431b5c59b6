//! Folds a projection anew and holds the live rows against it.

use crate::checkpoint::Checkpoint;
use crate::exclusions::Exclusions;
use crate::feed::Stop;
use crate::halt::Halt;
use crate::place::Place;
use crate::rebuild::{Progress, RebuildError, begin, catch_up, fault};
use crate::{Config, Projection, shadow};
use events::Position;
use journal::Reader;
use sqlx::{AssertSqlSafe, Postgres, Transaction};
use uuid::Uuid;

/// What came of a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The position that both were compared at.
    pub position: Position,
    /// Of each table, how many rows there are and how many differ.
    pub tables: Vec<Compared>,
    /// Why the live projection stands still at that position, behind the journal.
    pub halt: Option<Halt>,
    /// What both leave out, so that no comparison shows it.
    pub excluded: Exclusions,
}

impl Verified {
    /// Whether every row is what the journal makes of it.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.tables.iter().all(|table| table.unfounded == 0 && table.missing == 0)
    }
}

/// One table of a projection, held against the same events folded anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The table.
    pub table: &'static str,
    /// Its rows.
    pub rows: i64,
    /// Rows that the journal does not give; an altered row is one of these and its original one of the missing.
    pub unfounded: i64,
    /// Rows that the journal gives and the table does not have.
    pub missing: i64,
}

/// Compares each row of `projection` with what the journal gives, at one position, while the live projection goes
/// on: both are seen in one snapshot. `reader` must be one of the projector's role.
///
/// # Errors
/// [`RebuildError`]. Rows that differ are no error: they are in the answer.
pub async fn verify(
    reader: &Reader,
    projection: &Projection,
    config: &Config,
    mut progress: impl FnMut(Progress),
) -> Result<Verified, RebuildError> {
    let owner = Uuid::now_v7();
    let mut feed = begin(reader, projection, config, owner).await?;
    if feed.at() > Position::START {
        // What an earlier rebuild left behind has itself not been verified.
        shadow::discard(reader.pool(), projection).await?;
        feed = begin(reader, projection, config, owner).await?;
    }
    catch_up(reader, projection, config.batch.max(1), &mut feed, &mut progress).await?;
    let mut transaction = reader.pool().begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ").await?;
    let live = Checkpoint::read(&mut *transaction, projection.name, Place::Live).await?;
    let (position, halt) = live.map_or((Position::START, None), |live| (live.position, live.halt));
    let mut transaction = match feed.fold_within(transaction, position).await {
        Err(Stop::Unavailable(error)) if !error.is_transient() => {
            return Err(fault(reader, projection, config, owner, error).await);
        }
        folded => folded?,
    };
    let mut tables = Vec::with_capacity(projection.tables.len());
    for table in projection.tables {
        tables.push(compare(&mut transaction, table).await?);
    }
    transaction.rollback().await?;
    shadow::discard(reader.pool(), projection).await?;
    let excluded = Exclusions::load(reader.pool(), projection.name).await?;
    Ok(Verified { position, tables, halt, excluded })
}

async fn compare(
    transaction: &mut Transaction<'static, Postgres>,
    table: &'static str,
) -> Result<Compared, sqlx::Error> {
    let sql = format!(
        "SELECT (SELECT count(*) FROM projections.{table}),
                (SELECT count(*) FROM (TABLE projections.{table} EXCEPT ALL TABLE projections_shadow.{table}) unfounded),
                (SELECT count(*) FROM (TABLE projections_shadow.{table} EXCEPT ALL TABLE projections.{table}) missing)"
    );
    let (rows, unfounded, missing) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut **transaction).await?;
    Ok(Compared { table, rows, unfounded, missing })
}
