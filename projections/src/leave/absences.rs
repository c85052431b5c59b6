//! Absences: a row a leave and a row a sickness, what of them waits for whom, and who is told.

use super::notices::{Notice, notices};
use super::queue::{self, Waiting};
use crate::json::{of_json, to_json};
use crate::{Fold, Projection, ProjectionError, Rows, Stream};
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use esrs::handler::TransactionalEventHandler;
use esrs::store::StoreEvent;
use events::leave::{AbsenceEvent, LeaveType, ProofSubject};
use events::{AccountId, DomainEvent, HalfDaySet, LeaveId, Position, SicknessId, UnitId};
use journal::Recorded;
use rules::{Ledger, Period};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, PgExecutor, Row};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The name of the projection.
pub const NAME: &str = "absences_v1";

/// The projection.
#[must_use]
pub fn projection() -> Projection {
    Projection::named::<Touched>(NAME, Ledger::FOLD, &["absences_v1", "leave_queue_v1", "leave_notices_v1"])
        .reads::<AbsenceEvent, _>(Absences)
        .declared()
}

#[derive(Debug)]
struct Absences;

#[async_trait]
impl TransactionalEventHandler<Stream<AbsenceEvent>, ProjectionError, Fold<Touched>> for Absences {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn handle(&self, event: &StoreEvent<AbsenceEvent>, fold: &mut Fold<Touched>) -> Result<(), ProjectionError> {
        let agent = AccountId::from_uuid(event.aggregate_id);
        let position = fold.recorded.position;
        let touched = touched(&event.payload);
        for absence in &touched {
            let row = fold.rows.absences.entry(*absence).or_insert_with(|| Touch::new(agent, event.occurred_on));
            row.ledger = std::mem::take(&mut row.ledger).after(&event.payload);
            row.unit = unit(&event.payload).unwrap_or(row.unit);
            row.changed_at = event.occurred_on;
            row.position = position;
        }
        let after = touched.first().and_then(|absence| fold.rows.absences.get(absence)).map(|row| &row.ledger);
        let told = notices(agent, after.unwrap_or(&Ledger::default()), &event.payload);
        let name = DomainEvent::name(&event.payload);
        fold.rows.notices.extend(told.into_iter().map(|notice| Told {
            position,
            agent,
            notice,
            name,
            occurred_at: event.occurred_on,
        }));
        Ok(())
    }
}

/// The absences that an event is about, the one that it names first.
#[must_use]
pub fn touched(event: &AbsenceEvent) -> Vec<Uuid> {
    match event {
        AbsenceEvent::LeaveRequested { leave, .. }
        | AbsenceEvent::LeaveAmended { leave, .. }
        | AbsenceEvent::LeaveWithdrawn { leave }
        | AbsenceEvent::LeaveStepApproved { leave, .. }
        | AbsenceEvent::LeavePartiallyApproved { leave, .. }
        | AbsenceEvent::LeaveApproved { leave, .. }
        | AbsenceEvent::LeaveRefused { leave, .. }
        | AbsenceEvent::LeaveEscalated { leave, .. }
        | AbsenceEvent::StaffingRuleOverridden { leave, .. }
        | AbsenceEvent::CancellationRequested { leave, .. }
        | AbsenceEvent::CancellationAccepted { leave, .. }
        | AbsenceEvent::CancellationRefused { leave, .. }
        | AbsenceEvent::LeaveCorrected { leave, .. }
        | AbsenceEvent::AbsenceRecorded { leave, .. }
        | AbsenceEvent::ReplacementNamed { leave, .. }
        | AbsenceEvent::ReplacementAccepted { leave, .. }
        | AbsenceEvent::ReplacementDeclined { leave, .. }
        | AbsenceEvent::ProofAttached { of: ProofSubject::Leave(leave), .. } => vec![leave.as_uuid()],
        AbsenceEvent::SicknessRecorded { sickness, recredited, .. } => {
            let recredited = recredited.iter().map(|recredit| recredit.leave.as_uuid());
            [sickness.as_uuid()].into_iter().chain(recredited).collect()
        }
        AbsenceEvent::SicknessShortened { sickness, .. }
        | AbsenceEvent::CertificateReceived { sickness, .. }
        | AbsenceEvent::ProofAttached { of: ProofSubject::Sickness(sickness), .. } => vec![sickness.as_uuid()],
        AbsenceEvent::RightCredited { .. }
        | AbsenceEvent::RightDebited { .. }
        | AbsenceEvent::TimeSavingsOpened { .. }
        | AbsenceEvent::TimeSavingsFed { .. }
        | AbsenceEvent::TimeSavingsSplit { .. }
        | AbsenceEvent::DaysGiven { .. }
        | AbsenceEvent::DaysReceived { .. } => Vec::new(),
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

/// The absences that the events of one batch are about.
struct Touched {
    absences: BTreeMap<Uuid, Touch>,
    notices: Vec<Told>,
}

struct Touch {
    agent: AccountId,
    unit: Option<UnitId>,
    ledger: Ledger,
    opened_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    position: Position,
}

struct Told {
    position: Position,
    agent: AccountId,
    notice: Notice,
    name: &'static str,
    occurred_at: DateTime<Utc>,
}

impl Touch {
    fn new(agent: AccountId, at: DateTime<Utc>) -> Self {
        let (ledger, position) = (Ledger::default(), Position::START);
        Self { agent, unit: None, ledger, opened_at: at, changed_at: at, position }
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
            position: crate::checkpoint::position(row.try_get("position")?)?,
        })
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

#[async_trait]
impl Rows for Touched {
    async fn load(page: &[Recorded], connection: &mut PgConnection) -> Result<Self, ProjectionError> {
        // What cannot be decoded is said by its handler, which names the event.
        let decoded = page.iter().filter_map(|recorded| recorded.decode::<AbsenceEvent>().ok());
        let absences: BTreeSet<Uuid> = decoded.flat_map(|event| touched(&event)).collect();
        let rows = sqlx::query(
            "SELECT absence, agent, unit, ledger::text, opened_at, changed_at, position
             FROM absences_v1 WHERE absence = ANY ($1)",
        )
        .bind(absences.into_iter().collect::<Vec<_>>())
        .fetch_all(connection)
        .await?;
        let read = |row: &PgRow| Ok((row.try_get("absence")?, Touch::from_row(row)?));
        Ok(Self { absences: rows.iter().map(read).collect::<Result<_, sqlx::Error>>()?, notices: Vec::new() })
    }

    async fn write(self, connection: &mut PgConnection) -> Result<(), ProjectionError> {
        write_absences(&self.absences, connection).await?;
        let waiting = self.absences.iter().flat_map(|(absence, touch)| {
            let leave = LeaveId::from_uuid(*absence);
            touch.ledger.leave(leave).map(|entry| queue::waiting(touch.agent, leave, entry, touch.changed_at))
        });
        let waiting: Vec<Waiting> = waiting.flatten().collect();
        queue::replace(connection, &self.absences.keys().copied().collect::<Vec<_>>(), &waiting).await?;
        write_notices(&self.notices, connection).await
    }
}

async fn write_absences(
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

async fn write_notices(notices: &[Told], connection: &mut PgConnection) -> Result<(), ProjectionError> {
    if notices.is_empty() {
        return Ok(());
    }
    let written = sqlx::query(
        "INSERT INTO leave_notices_v1 (position, addressee, agent, absence, type, occurred_at)
         SELECT * FROM unnest($1::bigint[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::timestamptz[])",
    )
    .bind(notices.iter().map(|told| told.position.get()).collect::<Vec<_>>())
    .bind(notices.iter().map(|told| told.notice.addressee.clone()).collect::<Vec<_>>())
    .bind(notices.iter().map(|told| told.agent.as_uuid()).collect::<Vec<_>>())
    .bind(notices.iter().map(|told| told.notice.absence).collect::<Vec<_>>())
    .bind(notices.iter().map(|told| told.name).collect::<Vec<_>>())
    .bind(notices.iter().map(|told| told.occurred_at).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    ProjectionError::unless_written(written.rows_affected(), notices.len() as u64)
}

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
