//! The rows of `absences_v1` that one batch changes.

use crate::ProjectionError;
use crate::json::{of_json, to_json};
use chrono::{DateTime, Utc};
use events::leave::{AbsenceEvent, LeaveType};
use events::{AccountId, HalfDaySet, LeaveId, Position, SicknessId, UnitId};
use rules::{Ledger, Period};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, Row};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// An absence as the events of a batch leave it.
pub(super) struct Touch {
    pub(super) agent: AccountId,
    pub(super) unit: Option<UnitId>,
    pub(super) ledger: Ledger,
    pub(super) opened_at: DateTime<Utc>,
    pub(super) changed_at: DateTime<Utc>,
    pub(super) position: Position,
}

impl Touch {
    pub(super) fn new(agent: AccountId, at: DateTime<Utc>) -> Self {
        let (ledger, position) = (Ledger::default(), Position::START);
        Self { agent, unit: None, ledger, opened_at: at, changed_at: at, position }
    }

    pub(super) fn fold(&mut self, event: &AbsenceEvent, at: DateTime<Utc>, position: Position) {
        self.ledger = std::mem::take(&mut self.ledger).after(event);
        self.unit = unit(event).unwrap_or(self.unit);
        self.changed_at = at;
        self.position = position;
    }
}

impl FromRow<'_, PgRow> for Touch {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            agent: AccountId::from_uuid(row.try_get("agent")?),
            unit: row.try_get::<Option<Uuid>, _>("unit")?.map(UnitId::from_uuid),
            ledger: of_json(row.try_get("ledger")?)?,
            opened_at: row.try_get("opened_at")?,
            changed_at: row.try_get("changed_at")?,
            position: crate::column::position(row.try_get("position")?)?,
        })
    }
}

/// The unit that an event says an absence is of.
const fn unit(event: &AbsenceEvent) -> Option<Option<UnitId>> {
    match event {
        AbsenceEvent::LeaveRequested { unit, .. }
        | AbsenceEvent::LeaveAmended { unit, .. }
        | AbsenceEvent::AbsenceRecorded { unit, .. }
        | AbsenceEvent::SicknessRecorded { unit, .. } => Some(*unit),
        _ => None,
    }
}

/// What the columns show of an absence.
struct Columns {
    leave_type: Option<LeaveType>,
    period: Period,
    half_days: HalfDaySet,
    status: &'static str,
    cancelling: bool,
}

impl Columns {
    fn of(absence: Uuid, ledger: &Ledger) -> Option<Self> {
        if let Some(leave) = ledger.leave(LeaveId::from_uuid(absence)) {
            return Some(Self {
                leave_type: Some(leave.leave_type),
                period: leave.period,
                half_days: leave.active(),
                status: leave.status.as_str(),
                cancelling: leave.cancellation.is_some(),
            });
        }
        let sickness = ledger.sickness(SicknessId::from_uuid(absence))?;
        let (period, half_days) = (sickness.period, sickness.half_days.clone());
        Some(Self { leave_type: None, period, half_days, status: "granted", cancelling: false })
    }
}

/// The rows of these absences that there are.
pub(super) async fn load(
    absences: &BTreeSet<Uuid>,
    connection: &mut PgConnection,
) -> Result<BTreeMap<Uuid, Touch>, ProjectionError> {
    let rows = sqlx::query(
        "SELECT absence, agent, unit, ledger::text, opened_at, changed_at, position
         FROM absences_v1 WHERE absence = ANY ($1)",
    )
    .bind(absences.iter().copied().collect::<Vec<_>>())
    .fetch_all(connection)
    .await?;
    let read = |row: &PgRow| Ok((row.try_get("absence")?, Touch::from_row(row)?));
    Ok(rows.iter().map(read).collect::<Result<_, sqlx::Error>>()?)
}

pub(super) async fn write(
    absences: &BTreeMap<Uuid, Touch>,
    connection: &mut PgConnection,
) -> Result<(), ProjectionError> {
    let shown = absences.iter().filter_map(|(id, touch)| Some((*id, touch, Columns::of(*id, &touch.ledger)?)));
    let shown: Vec<_> = shown.collect();
    let half_days = shown.iter().map(|(_, _, columns)| to_json(&columns.half_days)).collect::<Result<Vec<_>, _>>()?;
    let ledgers = shown.iter().map(|(_, touch, _)| to_json(&touch.ledger)).collect::<Result<Vec<_>, _>>()?;
    let written = sqlx::query(
        "INSERT INTO absences_v1 (absence, agent, unit, leave_type, first_day, last_day, half_days, counted, status,
             cancelling, ledger, opened_at, changed_at, position)
         SELECT absence, agent, unit, leave_type, first_day, last_day, half_days::jsonb, counted, status,
             cancelling, ledger::jsonb, opened_at, changed_at, position
         FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::date[], $6::date[], $7::text[], $8::int[],
                     $9::text[], $10::bool[], $11::text[], $12::timestamptz[], $13::timestamptz[], $14::bigint[])
              AS t (absence, agent, unit, leave_type, first_day, last_day, half_days, counted, status,
                    cancelling, ledger, opened_at, changed_at, position)
         ON CONFLICT (absence) DO UPDATE SET unit = excluded.unit, first_day = excluded.first_day,
             last_day = excluded.last_day, half_days = excluded.half_days, counted = excluded.counted,
             status = excluded.status, cancelling = excluded.cancelling, ledger = excluded.ledger,
             changed_at = excluded.changed_at, position = excluded.position",
    )
    .bind(shown.iter().map(|(id, ..)| *id).collect::<Vec<_>>())
    .bind(shown.iter().map(|(_, touch, _)| touch.agent.as_uuid()).collect::<Vec<_>>())
    .bind(shown.iter().map(|(_, touch, _)| touch.unit.map(Uuid::from)).collect::<Vec<_>>())
    .bind(shown.iter().map(|(.., columns)| columns.leave_type.map(LeaveType::as_str)).collect::<Vec<_>>())
    .bind(shown.iter().map(|(.., columns)| columns.period.start().date).collect::<Vec<_>>())
    .bind(shown.iter().map(|(.., columns)| columns.period.end().date).collect::<Vec<_>>())
    .bind(half_days)
    .bind(shown.iter().map(|(.., columns)| half_days_of(&columns.half_days)).collect::<Vec<_>>())
    .bind(shown.iter().map(|(.., columns)| columns.status).collect::<Vec<_>>())
    .bind(shown.iter().map(|(.., columns)| columns.cancelling).collect::<Vec<_>>())
    .bind(ledgers)
    .bind(shown.iter().map(|(_, touch, _)| touch.opened_at).collect::<Vec<_>>())
    .bind(shown.iter().map(|(_, touch, _)| touch.changed_at).collect::<Vec<_>>())
    .bind(shown.iter().map(|(_, touch, _)| touch.position.get()).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    ProjectionError::unless_written(written.rows_affected(), shown.len() as u64)
}

fn half_days_of(set: &HalfDaySet) -> i32 {
    i32::try_from(set.iter().count()).unwrap_or(i32::MAX)
}
