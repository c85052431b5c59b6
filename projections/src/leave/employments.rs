//! Employments: what each agent is and does, by date.

use super::{Span, replace_spans, spans};
use crate::json::{of_json, to_json};
use crate::{Fold, Projection, ProjectionError, Rows, Stream};
use async_trait::async_trait;
use esrs::handler::TransactionalEventHandler;
use esrs::store::StoreEvent;
use events::employment::EmploymentEvent;
use events::{AccountId, Position};
use journal::Recorded;
use rules::Employment;
use sqlx::{PgConnection, PgExecutor};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The name of the projection.
pub const NAME: &str = "employments_v1";

/// The projection.
#[must_use]
pub fn projection() -> Projection {
    Projection::named::<Touched>(NAME, Employment::FOLD, &["employments_v1", "unit_members_v1", "assigned_managers_v1"])
        .reads::<EmploymentEvent, _>(Employments)
        .declared()
}

#[derive(Debug)]
struct Employments;

#[async_trait]
impl TransactionalEventHandler<Stream<EmploymentEvent>, ProjectionError, Fold<Touched>> for Employments {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn handle(
        &self,
        event: &StoreEvent<EmploymentEvent>,
        fold: &mut Fold<Touched>,
    ) -> Result<(), ProjectionError> {
        let (employment, position) = fold.rows.0.entry(event.aggregate_id).or_default();
        *employment = std::mem::take(employment).after(&event.payload);
        *position = fold.recorded.position;
        Ok(())
    }
}

/// The employments that the events of one batch are about.
struct Touched(BTreeMap<Uuid, (Employment, Position)>);

#[async_trait]
impl Rows for Touched {
    async fn load(page: &[Recorded], connection: &mut PgConnection) -> Result<Self, ProjectionError> {
        let agents: BTreeSet<Uuid> = page.iter().map(|recorded| recorded.stream_id).collect();
        let rows: Vec<(Uuid, String, i64)> =
            sqlx::query_as("SELECT agent, employment::text, position FROM employments_v1 WHERE agent = ANY ($1)")
                .bind(agents.into_iter().collect::<Vec<_>>())
                .fetch_all(connection)
                .await?;
        let read = |(agent, employment, position): (Uuid, String, i64)| {
            Ok((agent, (of_json(&employment)?, crate::column::position(position)?)))
        };
        Ok(Self(rows.into_iter().map(read).collect::<Result<_, sqlx::Error>>()?))
    }

    async fn write(self, connection: &mut PgConnection) -> Result<(), ProjectionError> {
        let agents: Vec<Uuid> = self.0.keys().copied().collect();
        let (mut employments, mut positions, mut units, mut managers) = (vec![], vec![], vec![], vec![]);
        for (agent, (employment, position)) in &self.0 {
            employments.push(to_json(employment)?);
            positions.push(position.get());
            units.extend(spans(*agent, employment.units(), |unit| Some(unit.as_uuid())));
            managers.extend(spans(*agent, employment.managers(), |manager| manager.map(Uuid::from)));
        }
        let written = sqlx::query(
            "INSERT INTO employments_v1 (agent, employment, position)
             SELECT agent, employment::jsonb, position
             FROM unnest($1::uuid[], $2::text[], $3::bigint[]) AS t (agent, employment, position)
             ON CONFLICT (agent) DO UPDATE SET employment = excluded.employment, position = excluded.position",
        )
        .bind(&agents)
        .bind(employments)
        .bind(positions)
        .execute(&mut *connection)
        .await?;
        ProjectionError::unless_written(written.rows_affected(), agents.len() as u64)?;
        let units: Vec<Span> = units;
        replace_spans(connection, "unit_members_v1", ("agent", "unit"), &agents, &units).await?;
        replace_spans(connection, "assigned_managers_v1", ("agent", "manager"), &agents, &managers).await?;
        Ok(())
    }
}

/// The employments of these agents, of whom any has one.
///
/// # Errors
/// Those of the database.
pub async fn of(
    database: impl PgExecutor<'_>,
    agents: &[AccountId],
) -> Result<BTreeMap<AccountId, Employment>, sqlx::Error> {
    let rows: Vec<(Uuid, String)> =
        sqlx::query_as("SELECT agent, employment::text FROM projections.employments_v1 WHERE agent = ANY ($1)")
            .bind(agents.iter().map(AccountId::as_uuid).collect::<Vec<_>>())
            .fetch_all(database)
            .await?;
    rows.into_iter().map(|(agent, text)| Ok((AccountId::from_uuid(agent), of_json(&text)?))).collect()
}

/// At most `limit` employments after the agent `after`, in the order of their ids.
///
/// # Errors
/// Those of the database.
pub async fn page(
    database: impl PgExecutor<'_>,
    after: Option<AccountId>,
    limit: u16,
) -> Result<Vec<(AccountId, Employment)>, sqlx::Error> {
    let rows: Vec<(Uuid, String)> = sqlx::query_as(
        "SELECT agent, employment::text FROM projections.employments_v1 WHERE agent > $1 ORDER BY agent LIMIT $2",
    )
    .bind(after.map_or(Uuid::nil(), |agent| agent.as_uuid()))
    .bind(i64::from(limit))
    .fetch_all(database)
    .await?;
    rows.into_iter().map(|(agent, text)| Ok((AccountId::from_uuid(agent), of_json(&text)?))).collect()
}
