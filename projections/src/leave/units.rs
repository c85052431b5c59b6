//! Units: their names, who leads them, and their staffing rules.

use super::{replace_spans, spans};
use crate::json::{of_json, to_json};
use crate::{Fold, Projection, ProjectionError, Rows, Stream};
use async_trait::async_trait;
use chrono::NaiveDate;
use esrs::handler::TransactionalEventHandler;
use esrs::store::StoreEvent;
use events::unit::UnitEvent;
use events::{Position, UnitId};
use journal::Recorded;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, PgExecutor, Row};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The name of the projection.
pub const NAME: &str = "units_v1";

/// The projection.
#[must_use]
pub fn projection() -> Projection {
    Projection::named::<Touched>(NAME, rules::Unit::FOLD, &["units_v1", "unit_managers_v1"])
        .reads::<UnitEvent, _>(Units)
        .declared()
}

/// A unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unit {
    /// Its code in the HR file.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The unit that it is part of.
    pub parent: Option<UnitId>,
    /// Its last day, once it is known.
    pub closed: Option<NaiveDate>,
    /// Managers, staffing rules and routes, by date.
    pub state: rules::Unit,
    /// The last event folded in.
    pub position: Position,
}

#[derive(Debug)]
struct Units;

#[async_trait]
impl TransactionalEventHandler<Stream<UnitEvent>, ProjectionError, Fold<Touched>> for Units {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn handle(&self, event: &StoreEvent<UnitEvent>, fold: &mut Fold<Touched>) -> Result<(), ProjectionError> {
        let unit = fold.rows.0.entry(event.aggregate_id).or_default();
        if let UnitEvent::UnitOpened { code, parent, .. } = &event.payload {
            unit.code.clone_from(code);
            unit.parent = *parent;
        }
        unit.state = std::mem::take(&mut unit.state).after(&event.payload);
        unit.name = unit.state.name().unwrap_or_default().to_owned();
        unit.closed = unit.state.closed();
        unit.position = fold.recorded.position;
        Ok(())
    }
}

/// The units that the events of one batch are about.
struct Touched(BTreeMap<Uuid, Unit>);

#[async_trait]
impl Rows for Touched {
    async fn load(page: &[Recorded], connection: &mut PgConnection) -> Result<Self, ProjectionError> {
        let units: BTreeSet<Uuid> = page.iter().map(|recorded| recorded.stream_id).collect();
        let rows = sqlx::query(
            "SELECT unit, code, name, parent, closed, state::text, position FROM units_v1 WHERE unit = ANY ($1)",
        )
        .bind(units.into_iter().collect::<Vec<_>>())
        .fetch_all(connection)
        .await?;
        let read = |row: &PgRow| Ok((row.try_get("unit")?, Unit::from_row(row)?));
        Ok(Self(rows.iter().map(read).collect::<Result<_, sqlx::Error>>()?))
    }

    async fn write(self, connection: &mut PgConnection) -> Result<(), ProjectionError> {
        let units: Vec<Uuid> = self.0.keys().copied().collect();
        let states: Vec<String> = self.0.values().map(|unit| to_json(&unit.state)).collect::<Result<_, _>>()?;
        let rows = || self.0.values();
        let written = sqlx::query(
            "INSERT INTO units_v1 (unit, code, name, parent, closed, state, position)
             SELECT unit, code, name, parent, closed, state::jsonb, position
             FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::date[], $6::text[], $7::bigint[])
                  AS t (unit, code, name, parent, closed, state, position)
             ON CONFLICT (unit) DO UPDATE SET code = excluded.code, name = excluded.name, parent = excluded.parent,
                 closed = excluded.closed, state = excluded.state, position = excluded.position",
        )
        .bind(&units)
        .bind(rows().map(|unit| unit.code.clone()).collect::<Vec<_>>())
        .bind(rows().map(|unit| unit.name.clone()).collect::<Vec<_>>())
        .bind(rows().map(|unit| unit.parent.map(Uuid::from)).collect::<Vec<_>>())
        .bind(rows().map(|unit| unit.closed).collect::<Vec<_>>())
        .bind(states)
        .bind(rows().map(|unit| unit.position.get()).collect::<Vec<_>>())
        .execute(&mut *connection)
        .await?;
        ProjectionError::unless_written(written.rows_affected(), units.len() as u64)?;
        let managers =
            self.0.iter().flat_map(|(id, unit)| spans(*id, unit.state.managers(), |manager| manager.map(Uuid::from)));
        let managers: Vec<_> = managers.collect();
        replace_spans(connection, "unit_managers_v1", ("unit", "manager"), &units, &managers).await?;
        Ok(())
    }
}

impl FromRow<'_, PgRow> for Unit {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            code: row.try_get("code")?,
            name: row.try_get("name")?,
            parent: row.try_get::<Option<Uuid>, _>("parent")?.map(UnitId::from_uuid),
            closed: row.try_get("closed")?,
            state: of_json(row.try_get("state")?)?,
            position: crate::column::position(row.try_get("position")?)?,
        })
    }
}

/// Units by their ids.
///
/// # Errors
/// Those of the database.
pub async fn of(database: impl PgExecutor<'_>, units: &[UnitId]) -> Result<BTreeMap<UnitId, Unit>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT unit, code, name, parent, closed, state::text, position
         FROM projections.units_v1 WHERE unit = ANY ($1)",
    )
    .bind(units.iter().map(UnitId::as_uuid).collect::<Vec<_>>())
    .fetch_all(database)
    .await?;
    rows.iter().map(identified).collect()
}

/// At most `limit` units after the unit `after`, in the order of their ids.
///
/// # Errors
/// Those of the database.
pub async fn page(
    database: impl PgExecutor<'_>,
    after: Option<UnitId>,
    limit: u16,
) -> Result<Vec<(UnitId, Unit)>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT unit, code, name, parent, closed, state::text, position
         FROM projections.units_v1 WHERE unit > $1 ORDER BY unit LIMIT $2",
    )
    .bind(after.map_or(Uuid::nil(), |unit| unit.as_uuid()))
    .bind(i64::from(limit))
    .fetch_all(database)
    .await?;
    rows.iter().map(identified).collect()
}

fn identified(row: &PgRow) -> Result<(UnitId, Unit), sqlx::Error> {
    Ok((UnitId::from_uuid(row.try_get("unit")?), Unit::from_row(row)?))
}
