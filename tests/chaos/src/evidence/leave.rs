//! The read models of leave: what is in their columns. What a column holds for the fold alone is not looked at.

use super::Json;
use anyhow::Context;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A row of `projections.absences_v1`.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct AbsenceRow {
    /// The leave.
    pub absence: Uuid,
    /// Whose it is.
    pub agent: Uuid,
    /// The unit that he belonged to.
    pub unit: Option<Uuid>,
    /// Its type.
    pub leave_type: Option<String>,
    /// Its first day.
    pub first_day: NaiveDate,
    /// Its last day.
    pub last_day: NaiveDate,
    /// The half-days that it takes now.
    #[sqlx(try_from = "String")]
    pub half_days: Json,
    /// How many.
    pub counted: i32,
    /// Where it stands.
    pub status: String,
    /// Whether its cancellation is asked for.
    pub cancelling: bool,
    /// When it was asked for.
    pub opened_at: DateTime<Utc>,
    /// When it changed last.
    pub changed_at: DateTime<Utc>,
    /// The last event folded in.
    pub position: i64,
}

/// A row of `projections.leave_queue_v1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, FromRow)]
pub struct WaitingRow {
    /// The leave.
    pub absence: Uuid,
    /// Who may decide.
    pub addressee: String,
    /// Whose leave it is.
    pub agent: Uuid,
    /// The unit that he belonged to.
    pub unit: Option<Uuid>,
    /// Its type.
    pub leave_type: String,
    /// By when to decide.
    pub due_on: NaiveDate,
    /// From when on.
    pub opens_at: DateTime<Utc>,
}

/// A row of `projections.leave_notices_v1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, FromRow)]
pub struct NoticeRow {
    /// The event.
    pub position: i64,
    /// Who is told.
    pub addressee: String,
    /// About whose leave.
    pub agent: Uuid,
    /// About which leave.
    pub absence: Option<Uuid>,
    /// What happened.
    #[sqlx(rename = "type")]
    pub kind: String,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// The counter whose days end unused.
    pub lost_counter: Option<String>,
    /// How many half-days.
    pub lost_half_days: Option<i32>,
    /// The last day on which they may be used.
    pub usable_until: Option<NaiveDate>,
}

/// A row of `projections.units_v1`.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct UnitRow {
    /// The unit.
    pub unit: Uuid,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The unit that it is part of.
    pub parent: Option<Uuid>,
    /// Its last day.
    pub closed: Option<NaiveDate>,
    /// The last event folded in.
    pub position: i64,
}

/// A value of something that holds from a day until before another: whose, which, from when, until when.
pub type Span = (Uuid, Uuid, NaiveDate, NaiveDate);

/// The tables of leave.
#[derive(Clone, Debug, Default)]
pub struct Leave {
    /// Absences, by their ids.
    pub absences: Vec<AbsenceRow>,
    /// What waits for whom.
    pub queue: Vec<WaitingRow>,
    /// Who is told of what.
    pub notices: Vec<NoticeRow>,
    /// Agents and the last event of each one's employment.
    pub employments: Vec<(Uuid, i64)>,
    /// The units of agents.
    pub members: Vec<Span>,
    /// Managers of agents who have one of their own.
    pub assigned: Vec<Span>,
    /// Units, by their ids.
    pub units: Vec<UnitRow>,
    /// The managers of units.
    pub led: Vec<Span>,
    /// Of the other tables the ids of their rows.
    pub kept: Vec<(&'static str, Vec<Uuid>)>,
}

const ABSENCES: &str = "SELECT absence, agent, unit, leave_type, first_day, last_day, half_days::text, counted, status,
        cancelling, opened_at, changed_at, position
    FROM projections.absences_v1 ORDER BY absence";
const QUEUE: &str = "SELECT * FROM projections.leave_queue_v1 ORDER BY absence, addressee";
const NOTICES: &str = "SELECT * FROM projections.leave_notices_v1 ORDER BY position, addressee";
const EMPLOYMENTS: &str = "SELECT agent, position FROM projections.employments_v1 ORDER BY agent";
const MEMBERS: &str = "SELECT agent, unit, first_day, ends FROM projections.unit_members_v1 ORDER BY agent, first_day";
const ASSIGNED: &str =
    "SELECT agent, manager, first_day, ends FROM projections.assigned_managers_v1 ORDER BY agent, first_day";
const UNITS: &str = "SELECT unit, code, name, parent, closed, position FROM projections.units_v1 ORDER BY unit";
const LED: &str = "SELECT unit, manager, first_day, ends FROM projections.unit_managers_v1 ORDER BY unit, first_day";
const KEPT: [(&str, &str); 5] = [
    ("delegations_v1", "SELECT delegation FROM projections.delegations_v1 ORDER BY delegation"),
    ("calendar_feeds_v1", "SELECT feed FROM projections.calendar_feeds_v1 ORDER BY feed"),
    ("proofs_v1", "SELECT proof FROM projections.proofs_v1 ORDER BY proof"),
    ("gifts_v1", "SELECT gift FROM projections.gifts_v1 ORDER BY gift"),
    ("proof_readings_v1", "SELECT reading FROM projections.proof_readings_v1 ORDER BY reading"),
];

impl Leave {
    /// Reads it all, in the transaction of the connection.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn read(connection: &mut PgConnection) -> anyhow::Result<Self> {
        let mut kept = Vec::new();
        for (table, select) in KEPT {
            kept.push((table, sqlx::query_scalar(select).fetch_all(&mut *connection).await.context(table)?));
        }
        Ok(Self {
            absences: sqlx::query_as(ABSENCES).fetch_all(&mut *connection).await.context("absences")?,
            queue: sqlx::query_as(QUEUE).fetch_all(&mut *connection).await.context("the queue")?,
            notices: sqlx::query_as(NOTICES).fetch_all(&mut *connection).await.context("notices")?,
            employments: sqlx::query_as(EMPLOYMENTS).fetch_all(&mut *connection).await.context("employments")?,
            members: sqlx::query_as(MEMBERS).fetch_all(&mut *connection).await.context("members of units")?,
            assigned: sqlx::query_as(ASSIGNED).fetch_all(&mut *connection).await.context("managers of agents")?,
            units: sqlx::query_as(UNITS).fetch_all(&mut *connection).await.context("units")?,
            led: sqlx::query_as(LED).fetch_all(&mut *connection).await.context("managers of units")?,
            kept,
        })
    }
}
