//! Reading absences: one, an agent's, a unit's days, counts.

use super::rows::Touch;
use crate::json::of_json;
use chrono::{DateTime, NaiveDate, Utc};
use events::leave::LeaveType;
use events::{AccountId, HalfDaySet, LeaveId, Position, SicknessId, UnitId};
use rules::{Ledger, Period};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgExecutor, Row};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A leave or a spell of sickness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// The leave, or the spell.
    pub absence: Uuid,
    /// Who.
    pub agent: AccountId,
    /// The unit that he belonged to.
    pub unit: Option<UnitId>,
    /// What it is; none for sickness.
    pub leave_type: Option<LeaveType>,
    /// The half-days that it takes now.
    pub half_days: HalfDaySet,
    /// `pending`, `granted`, `refused` or `withdrawn`.
    pub status: String,
    /// The agent's ledger as far as this absence is in it.
    pub ledger: Ledger,
    /// When it was asked for or recorded.
    pub opened_at: DateTime<Utc>,
    /// When its last event happened.
    pub changed_at: DateTime<Utc>,
    /// The last event folded in.
    pub position: Position,
}

impl Absence {
    /// The leave as its events leave it; none for sickness.
    #[must_use]
    pub fn leave(&self) -> Option<&rules::ledger::Leave> {
        self.ledger.leave(LeaveId::from_uuid(self.absence))
    }

    /// The half-days that it takes now, and those that it took once it was granted; of a sickness, all of its period, due or
    /// not.
    #[must_use]
    pub fn ever_taken(&self) -> HalfDaySet {
        match self.leave() {
            Some(leave) => leave.ever_active(),
            None => self.period().into_iter().flat_map(Period::half_days).collect(),
        }
    }

    /// From when to when, as asked or recorded.
    #[must_use]
    pub fn period(&self) -> Option<Period> {
        let sickness = self.ledger.sickness(SicknessId::from_uuid(self.absence));
        self.leave().map(|leave| leave.period).or_else(|| sickness.map(|sickness| sickness.period))
    }
}

impl FromRow<'_, PgRow> for Absence {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let Touch { agent, unit, ledger, opened_at, changed_at, position } = Touch::from_row(row)?;
        let leave_type: Option<&str> = row.try_get("leave_type")?;
        Ok(Self {
            absence: row.try_get("absence")?,
            agent,
            unit,
            leave_type: leave_type.map(|name| of_json(&format!("\"{name}\""))).transpose()?,
            half_days: of_json(row.try_get("half_days")?)?,
            status: row.try_get("status")?,
            ledger,
            opened_at,
            changed_at,
            position,
        })
    }
}

/// The columns that [`Absence`] reads.
macro_rules! columns {
    () => {
        "absence, agent, unit, leave_type, half_days::text, status, ledger::text, opened_at, changed_at, position"
    };
}

/// One absence.
///
/// # Errors
/// Those of the database.
pub async fn by_id(database: impl PgExecutor<'_>, absence: Uuid) -> Result<Option<Absence>, sqlx::Error> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM projections.absences_v1 WHERE absence = $1");
    sqlx::query_as(SQL).bind(absence).fetch_optional(database).await
}

/// Absences by their ids.
///
/// # Errors
/// Those of the database.
pub async fn by_ids(
    database: impl PgExecutor<'_>,
    absences: &[LeaveId],
) -> Result<BTreeMap<LeaveId, Absence>, sqlx::Error> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM projections.absences_v1 WHERE absence = ANY ($1)");
    let ids: Vec<Uuid> = absences.iter().map(LeaveId::as_uuid).collect();
    let found: Vec<Absence> = sqlx::query_as(SQL).bind(ids).fetch_all(database).await?;
    Ok(found.into_iter().map(|absence| (LeaveId::from_uuid(absence.absence), absence)).collect())
}

/// At most `limit` leaves of an agent, the newest first, before the leave `before`.
///
/// # Errors
/// Those of the database.
pub async fn leaves_of(
    database: impl PgExecutor<'_>,
    agent: AccountId,
    before: Option<LeaveId>,
    limit: u16,
) -> Result<Vec<Absence>, sqlx::Error> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM projections.absences_v1
          WHERE agent = $1 AND leave_type IS NOT NULL AND absence < $2 ORDER BY absence DESC LIMIT $3"
    );
    sqlx::query_as(SQL)
        .bind(agent.as_uuid())
        .bind(before.map_or(Uuid::max(), |leave| leave.as_uuid()))
        .bind(i64::from(limit))
        .fetch_all(database)
        .await
}

/// When these agents are away, or asked to be, in the days from `first` to `last`.
///
/// # Errors
/// Those of the database.
pub async fn away(
    database: impl PgExecutor<'_>,
    agents: &[AccountId],
    first: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<Away>, sqlx::Error> {
    sqlx::query_as(
        "SELECT absence, agent, leave_type, half_days::text, status FROM projections.absences_v1
         WHERE agent = ANY ($1) AND last_day >= $2 AND first_day <= $3 AND counted > 0",
    )
    .bind(agents.iter().map(AccountId::as_uuid).collect::<Vec<_>>())
    .bind(first)
    .bind(last)
    .fetch_all(database)
    .await
}

/// The absences of these agents with a day from `first` to `last`, whatever became of them.
///
/// # Errors
/// Those of the database.
pub async fn between(
    database: impl PgExecutor<'_>,
    agents: &[AccountId],
    first: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<Absence>, sqlx::Error> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM projections.absences_v1
          WHERE agent = ANY ($1) AND last_day >= $2 AND first_day <= $3 ORDER BY first_day, absence"
    );
    sqlx::query_as(SQL)
        .bind(agents.iter().map(AccountId::as_uuid).collect::<Vec<_>>())
        .bind(first)
        .bind(last)
        .fetch_all(database)
        .await
}

/// The last event of any absence of these agents that is granted, and when it happened: it grows with each change of one.
///
/// # Errors
/// Those of the database.
pub async fn last_changes(
    database: impl PgExecutor<'_>,
    agents: &[AccountId],
) -> Result<BTreeMap<AccountId, (Position, DateTime<Utc>)>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT DISTINCT ON (agent) agent, position, changed_at FROM projections.absences_v1
         WHERE agent = ANY ($1) AND status = 'granted' ORDER BY agent, position DESC",
    )
    .bind(agents.iter().map(AccountId::as_uuid).collect::<Vec<_>>())
    .fetch_all(database)
    .await?;
    let read = |row: &PgRow| {
        let changed = (crate::column::position(row.try_get("position")?)?, row.try_get("changed_at")?);
        Ok((AccountId::from_uuid(row.try_get("agent")?), changed))
    };
    rows.iter().map(read).collect()
}

/// When an agent is away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Away {
    /// The leave, or the spell of sickness.
    pub absence: Uuid,
    /// Who.
    pub agent: AccountId,
    /// What it is; none for sickness.
    pub leave_type: Option<LeaveType>,
    /// The half-days.
    pub half_days: HalfDaySet,
    /// Whether it is not decided yet.
    pub pending: bool,
}

impl FromRow<'_, PgRow> for Away {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let leave_type: Option<&str> = row.try_get("leave_type")?;
        Ok(Self {
            absence: row.try_get("absence")?,
            agent: AccountId::from_uuid(row.try_get("agent")?),
            leave_type: leave_type.map(|name| of_json(&format!("\"{name}\""))).transpose()?,
            half_days: of_json(row.try_get("half_days")?)?,
            pending: row.try_get::<&str, _>("status")? == "pending",
        })
    }
}

/// Absences of a type, in a unit.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Count {
    /// The unit; none for agents without one.
    pub unit: Option<Uuid>,
    /// The type of leave; none for sickness.
    pub leave_type: Option<String>,
    /// `pending`, `granted`, `refused` or `withdrawn`.
    pub status: String,
    /// How many.
    pub absences: i64,
    /// Of how many agents.
    pub agents: i64,
    /// The half-days that they take, of all their days.
    pub half_days: i64,
}

/// The absences with a day from `first` to `last`, counted by unit, type and status.
///
/// # Errors
/// Those of the database.
pub async fn overview(
    database: impl PgExecutor<'_>,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<Count>, sqlx::Error> {
    sqlx::query_as(
        "SELECT unit, leave_type, status, count(*) AS absences, count(DISTINCT agent) AS agents,
                coalesce(sum(counted), 0)::bigint AS half_days
         FROM projections.absences_v1 WHERE last_day >= $1 AND first_day <= $2
         GROUP BY unit, leave_type, status ORDER BY unit, leave_type, status",
    )
    .bind(first)
    .bind(last)
    .fetch_all(database)
    .await
}
