//! Waiting for a position, and telling which one an answer shows.

use crate::config::GROUPS;
use crate::{ReadApi, problems};
use events::Position;
use journal::Grouped;
use sqlx::PgPool;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::time::Instant;
use web::at_least::{AtLeast, behind};
use web::{Field, Problem, Text};

/// How far every projection has got, by its name.
pub(crate) type Checkpoints = Grouped<(), Arc<HashMap<String, i64>>>;

pub(crate) fn checkpoints(pool: &PgPool) -> Checkpoints {
    Grouped::start(pool, GROUPS, |connection, _| {
        Box::pin(async move {
            let rows: Vec<(String, i64)> =
                sqlx::query_as("SELECT name, position FROM projections.projection WHERE place = 'projections'")
                    .fetch_all(connection)
                    .await?;
            Ok(HashMap::from([((), Arc::new(rows.into_iter().collect()))]))
        })
    })
}

impl ReadApi {
    /// Waits until each of these projections shows what is asked for.
    ///
    /// # Errors
    /// 503 `behind` when one does not in time.
    pub(crate) async fn wait(&self, at_least: AtLeast, projections: &[&str]) -> Result<(), Problem> {
        if at_least.position.is_some() {
            self.shown(at_least, projections).await?;
        }
        Ok(())
    }

    /// Waits until this projection shows all that is recorded by now, whatever position is asked for.
    ///
    /// # Errors
    /// 503 `behind` when it does not in time; 503 `unavailable`.
    pub(crate) async fn wait_for_head(&self, at_least: AtLeast, projection: &str) -> Result<(), Problem> {
        let head = self.reader.last_position().await.map_err(problems::journal)?;
        self.wait(AtLeast { position: Some(to_web(head)?), ..at_least }, &[projection]).await
    }

    /// Waits until each of these projections is known to show `asked`.
    async fn reached(
        &self,
        asked: web::position::Position,
        projections: &[&str],
        deadline: Instant,
    ) -> Result<(), Problem> {
        for projection in projections {
            let waited = self.positions.wait(projection, of_web(asked)?, deadline).await;
            if let Err(late) = waited {
                return Err(behind(asked, to_web(late.at)?));
            }
        }
        Ok(())
    }

    /// On the primary nothing is past the head: no write was ever answered with such a position. A standby may be
    /// behind, and is waited for.
    ///
    /// # Errors
    /// 422 `invalid-field` at the field `asked_by`; 503 `unavailable`.
    pub(crate) async fn is_in_reach(&self, asked: web::position::Position, asked_by: Field) -> Result<(), Problem> {
        if of_web(asked)? <= self.reader.head().position() {
            return Ok(());
        }
        let (head, standby): (i64, bool) = sqlx::query_as("SELECT position, pg_is_in_recovery() FROM journal.head")
            .fetch_one(self.pool())
            .await
            .map_err(problems::database)?;
        if standby || of_web(asked)?.get() <= head {
            return Ok(());
        }
        let detail = Text::new("aucune écriture n’est à cette position", "no write stands at this position yet");
        Err(Problem::invalid(asked_by, detail))
    }

    /// Waits until each of these projections shows what is asked for, and says what all of them show: what is read
    /// afterwards shows that, or more.
    ///
    /// # Errors
    /// 503 `behind` when one does not in time; 503 `unavailable`.
    pub(crate) async fn shown(&self, at_least: AtLeast, projections: &[&str]) -> Result<Position, Problem> {
        let Some(asked) = at_least.position else {
            return self.rows(projections).await.map(|rows| least(&rows));
        };
        self.is_in_reach(asked, at_least.asked_by.field()).await?;
        let deadline = Instant::now() + at_least.budget;
        loop {
            self.reached(asked, projections, deadline).await?;
            let believed: Vec<Position> = projections.iter().map(|name| self.positions.of(name)).collect();
            let rows = self.rows(projections).await?;
            let shown = least(&rows);
            if shown >= of_web(asked)? {
                return Ok(shown);
            }
            // The server has crashed, and what it had shown is folded again.
            for ((name, found), believed) in rows.iter().zip(believed) {
                self.positions.correct(name, believed, *found);
            }
        }
    }

    /// Where each of these projections is, in their order; at the start where one was never run.
    async fn rows<'a>(&self, projections: &[&'a str]) -> Result<Vec<(&'a str, Position)>, Problem> {
        let rows = self.checkpoints.get(()).await.map_err(problems::database)?.unwrap_or_default();
        let row = |name: &&'a str| {
            let position = Position::new(rows.get(*name).copied().unwrap_or_default());
            Ok((*name, position.map_err(Problem::internal)?))
        };
        projections.iter().map(row).collect()
    }

    /// Waits until the journal itself is where it is asked to be, and says where it is.
    ///
    /// # Errors
    /// 503 `behind` when it is not in time; 503 `unavailable`.
    pub(crate) async fn recorded(&self, at_least: AtLeast) -> Result<Position, Problem> {
        let reached = self.reader.last_position().await.map_err(problems::journal)?;
        let Some(asked) = at_least.position else { return Ok(reached) };
        let Some(before) = asked.get().checked_sub(1).and_then(|before| i64::try_from(before).ok()) else {
            return Ok(reached);
        };
        if before < reached.get() {
            return Ok(reached);
        }
        self.is_in_reach(asked, at_least.asked_by.field()).await?;
        let before = Position::new(before).map_err(Problem::internal)?;
        let mut head = self.reader.head();
        match tokio::time::timeout(at_least.budget, head.past(before)).await {
            Ok(position) => Ok(position),
            Err(_elapsed) => Err(behind(asked, to_web(self.reader.head().position())?)),
        }
    }
}

/// What all of them show.
fn least(rows: &[(&str, Position)]) -> Position {
    rows.iter().map(|(_, position)| *position).min().unwrap_or_default()
}

/// # Errors
/// None in practice: both hold 0 to 2^63 - 1.
pub(crate) fn to_web(position: Position) -> Result<web::position::Position, Problem> {
    let number = u64::try_from(position.get()).ok().and_then(web::position::Position::new);
    number.ok_or_else(|| Problem::internal("a position out of range"))
}

/// # Errors
/// None in practice: both hold 0 to 2^63 - 1.
pub(crate) fn of_web(position: web::position::Position) -> Result<Position, Problem> {
    let number = i64::try_from(position.get()).map_err(Problem::internal)?;
    Position::new(number).map_err(Problem::internal)
}
