//! Where every projection stands, how far behind in events and seconds, for operators, metrics and health checks.

use crate::column;
use crate::halt::Halt;
use events::Position;
use serde::Serialize;
use sqlx::{FromRow, PgExecutor, Row, postgres::PgRow};
use std::time::Duration;

/// What goes on with a projection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activity {
    /// It stands still before an event.
    Halted,
    /// A process folds it anew beside the live one, and has not halted.
    Rebuilding,
    /// Somebody leads it.
    Led,
    /// It shows every event, and the lease has lapsed since: whether a projector waits for more cannot be told.
    UpToDate,
    /// There are events that it does not show, and nobody who leads it.
    Unled,
}

/// Where a projection stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The projection.
    pub projection: String,
    /// The version of the fold that its rows are of.
    pub fold: i32,
    /// The last event that it shows.
    pub position: Position,
    /// The newest event of the journal when the fold of its rows was begun: what operators decided by then, it has followed.
    pub begun_at: Position,
    /// The newest event of the journal.
    pub head: Position,
    /// How long ago the first event that it does not show was recorded; zero when it shows all.
    pub lag: Duration,
    /// Whether somebody leads it; a lease lapses too when there is nothing to do.
    pub led: bool,
    /// Where a rebuild beside it has got to.
    pub rebuilding: Option<Position>,
    /// Whether somebody is at that rebuild.
    pub rebuild_led: bool,
    /// Why it stands still.
    pub halt: Option<Halt>,
    /// Why the rebuild beside it stands still.
    pub rebuild_halt: Option<Halt>,
}

impl Standing {
    /// How many events it has still to show.
    #[must_use]
    pub fn events_behind(&self) -> u64 {
        self.head.events_since(self.position)
    }

    /// What goes on with it.
    #[must_use]
    pub fn activity(&self) -> Activity {
        if self.halt.is_some() {
            Activity::Halted
        } else if self.rebuild_led && self.rebuild_halt.is_none() {
            Activity::Rebuilding
        } else if self.led {
            Activity::Led
        } else if self.events_behind() == 0 {
            Activity::UpToDate
        } else {
            Activity::Unled
        }
    }

    /// Where it stands still, and where a rebuild beside it does: what an operator may leave out.
    pub fn halts(&self) -> impl Iterator<Item = &Halt> {
        self.halt.iter().chain(&self.rebuild_halt)
    }

    /// Whether it goes on, and is no further behind than `most`.
    #[must_use]
    pub fn is_healthy(&self, most: Duration) -> bool {
        self.halt.is_none() && self.lag <= most
    }
}

/// Where every projection stands, as one statement sees it; and sets the gauges `projection_lag_events`,
/// `projection_lag_seconds` and `projection_halted`.
///
/// # Errors
/// Those of the database.
pub async fn standings(database: impl PgExecutor<'_>) -> Result<Vec<Standing>, sqlx::Error> {
    let standings: Vec<Standing> = sqlx::query_as(
        "SELECT p.name, p.fold, p.position, p.begun_at, h.position AS head, p.lease_until > clock_timestamp() AS led,
                s.position AS rebuilding, coalesce(s.lease_until > clock_timestamp(), false) AS rebuild_led,
                p.failed_position, p.failed_event, p.failed_stream_type, p.failed_stream, p.failed_at, p.failure,
                s.failed_position AS rebuild_failed_position,
                s.failed_event AS rebuild_failed_event, s.failed_stream_type AS rebuild_failed_stream_type,
                s.failed_stream AS rebuild_failed_stream, s.failed_at AS rebuild_failed_at, s.failure AS rebuild_failure,
                greatest(0, extract(epoch FROM clock_timestamp() - e.recorded_at))::float8 AS lag
         FROM journal.head h
         CROSS JOIN projections.projection p
         LEFT JOIN projections.projection s ON s.name = p.name AND s.place = 'projections_shadow'
         LEFT JOIN journal.event e ON e.position = p.position + 1
         WHERE p.place = 'projections'
         ORDER BY p.name",
    )
    .fetch_all(database)
    .await?;
    for standing in &standings {
        let labels = [("projection", standing.projection.clone())];
        metrics::gauge!("projection_lag_events", &labels).set(standing.events_behind() as f64);
        metrics::gauge!("projection_lag_seconds", &labels).set(standing.lag.as_secs_f64());
        metrics::gauge!("projection_halted", &labels).set(f64::from(u8::from(standing.halt.is_some())));
    }
    Ok(standings)
}

impl FromRow<'_, PgRow> for Standing {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let lag: Option<f64> = row.try_get("lag")?;
        Ok(Self {
            projection: row.try_get("name")?,
            fold: row.try_get("fold")?,
            position: column::position(row.try_get("position")?)?,
            begun_at: column::position(row.try_get("begun_at")?)?,
            head: column::position(row.try_get("head")?)?,
            lag: Duration::try_from_secs_f64(lag.unwrap_or_default()).unwrap_or_default(),
            led: row.try_get("led")?,
            rebuilding: row.try_get::<Option<i64>, _>("rebuilding")?.map(column::position).transpose()?,
            rebuild_led: row.try_get("rebuild_led")?,
            halt: Halt::of_row(row, "")?,
            rebuild_halt: Halt::of_row(row, "rebuild_")?,
        })
    }
}
