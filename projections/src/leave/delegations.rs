//! Delegations: who decides in whose place, from when to when, on what.

use crate::fold::Unbatched;
use crate::json::{of_json, to_json};
use crate::{Fold, Projection, ProjectionError, Stream};
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use esrs::handler::TransactionalEventHandler;
use esrs::store::StoreEvent;
use events::delegation::{DelegationEvent, DelegationScope};
use events::{AccountId, DelegationId};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgExecutor, Row};

/// The name of the projection.
pub const NAME: &str = "delegations_v1";

/// The projection.
#[must_use]
pub fn projection() -> Projection {
    Projection::named::<Unbatched>(NAME, 1, &["delegations_v1"]).reads::<DelegationEvent, _>(Delegations).declared()
}

#[derive(Debug)]
struct Delegations;

#[async_trait]
impl TransactionalEventHandler<Stream<DelegationEvent>, ProjectionError, Fold<Unbatched>> for Delegations {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn handle(
        &self,
        event: &StoreEvent<DelegationEvent>,
        fold: &mut Fold<Unbatched>,
    ) -> Result<(), ProjectionError> {
        let written = match &event.payload {
            DelegationEvent::DelegationGranted { from, to, first, last, scope } => {
                sqlx::query(
                    "INSERT INTO delegations_v1 (delegation, delegator, delegate, first_day, last_day, scope)
                     VALUES ($1, $2, $3, $4, $5, $6::text::jsonb)",
                )
                .bind(event.aggregate_id)
                .bind(from.as_uuid())
                .bind(to.as_uuid())
                .bind(first)
                .bind(last)
                .bind(to_json(scope)?)
                .execute(&mut *fold.transaction)
                .await?
            }
            DelegationEvent::DelegationRevoked { at } => {
                sqlx::query("UPDATE delegations_v1 SET revoked_at = $2 WHERE delegation = $1")
                    .bind(event.aggregate_id)
                    .bind(at)
                    .execute(&mut *fold.transaction)
                    .await?
            }
        };
        ProjectionError::unless_written(written.rows_affected(), 1)
    }
}

/// A delegation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// The delegation.
    pub delegation: DelegationId,
    /// In whose place.
    pub from: AccountId,
    /// Who decides.
    pub to: AccountId,
    /// The first day.
    pub first: NaiveDate,
    /// The last day.
    pub last: NaiveDate,
    /// For what.
    pub scope: DelegationScope,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl FromRow<'_, PgRow> for Delegation {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            delegation: DelegationId::from_uuid(row.try_get("delegation")?),
            from: AccountId::from_uuid(row.try_get("delegator")?),
            to: AccountId::from_uuid(row.try_get("delegate")?),
            first: row.try_get("first_day")?,
            last: row.try_get("last_day")?,
            scope: of_json(row.try_get("scope")?)?,
            revoked_at: row.try_get("revoked_at")?,
        })
    }
}

/// The delegations of somebody, given or received, that end on `from` or later; the first to end first.
///
/// # Errors
/// Those of the database.
pub async fn of(
    database: impl PgExecutor<'_>,
    account: AccountId,
    from: NaiveDate,
) -> Result<Vec<Delegation>, sqlx::Error> {
    sqlx::query_as(
        "SELECT delegation, delegator, delegate, first_day, last_day, scope::text, revoked_at
         FROM projections.delegations_v1
         WHERE (delegator = $1 OR delegate = $1) AND last_day >= $2 ORDER BY last_day, delegation",
    )
    .bind(account.as_uuid())
    .bind(from)
    .fetch_all(database)
    .await
}

/// The delegations to somebody that are in force on `day`; neither one by nor one to who left the service is.
///
/// # Errors
/// Those of the database.
pub async fn in_force(
    database: impl PgExecutor<'_>,
    to: AccountId,
    day: NaiveDate,
) -> Result<Vec<Delegation>, sqlx::Error> {
    const SQL: &str = concat!(
        "SELECT delegation, delegator, delegate, first_day, last_day, scope::text, revoked_at
         FROM projections.delegations_v1
         WHERE delegate = $1 AND first_day <= $2 AND last_day >= $2 AND revoked_at IS NULL
           AND NOT ",
        has_left!("delegator"),
        " AND NOT ",
        has_left!("delegate"),
        " ORDER BY last_day, delegation"
    );
    sqlx::query_as(SQL).bind(to.as_uuid()).bind(day).fetch_all(database).await
}
