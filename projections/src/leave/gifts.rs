//! Gifts of days: what donors declared, and what became of it. Who received them is not here.

use crate::fold::Unbatched;
use crate::{Fold, Projection, ProjectionError, Stream};
use async_trait::async_trait;
use chrono::NaiveDate;
use esrs::handler::TransactionalEventHandler;
use esrs::store::StoreEvent;
use events::leave::AbsenceEvent;
use events::{AccountId, GiftId};
use rules::ledger::DeclaredGift;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgExecutor, Row};

/// The name of the projection.
pub const NAME: &str = "gifts_v1";

/// The projection.
#[must_use]
pub fn projection() -> Projection {
    Projection::named::<Unbatched>(NAME, 1, &["gifts_v1"]).reads::<AbsenceEvent, _>(Gifts).declared()
}

#[derive(Debug)]
struct Gifts;

#[async_trait]
impl TransactionalEventHandler<Stream<AbsenceEvent>, ProjectionError, Fold<Unbatched>> for Gifts {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn handle(
        &self,
        event: &StoreEvent<AbsenceEvent>,
        fold: &mut Fold<Unbatched>,
    ) -> Result<(), ProjectionError> {
        let (gift, became) = match &event.payload {
            AbsenceEvent::GiftDeclared { gift, counter, half_days, on } => {
                sqlx::query(
                    "INSERT INTO gifts_v1 (gift, donor, counter, half_days, declared_on, status)
                     VALUES ($1, $2, $3, $4, $5, 'waiting')",
                )
                .bind(gift.as_uuid())
                .bind(event.aggregate_id)
                .bind(counter.to_string())
                .bind(half_days.get().cast_signed())
                .bind(on)
                .execute(&mut *fold.transaction)
                .await?;
                return Ok(());
            }
            AbsenceEvent::GiftWithdrawn { gift } => (gift, DeclaredGift::Withdrawn),
            AbsenceEvent::DaysGiven { gift, .. } => (gift, DeclaredGift::Given),
            _ => return Ok(()),
        };
        sqlx::query("UPDATE gifts_v1 SET status = $2 WHERE gift = $1")
            .bind(gift.as_uuid())
            .bind(became.as_str())
            .execute(&mut *fold.transaction)
            .await?;
        Ok(())
    }
}

/// A gift as its donor declared it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gift {
    /// The gift.
    pub gift: GiftId,
    /// Whose days they are, or were.
    pub donor: AccountId,
    /// From which counter, as it is written.
    pub counter: String,
    /// How many half-days.
    pub half_days: i32,
    /// When it was declared.
    pub declared_on: NaiveDate,
    /// `waiting`, `given` or `withdrawn`.
    pub status: String,
}

impl FromRow<'_, PgRow> for Gift {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            gift: GiftId::from_uuid(row.try_get("gift")?),
            donor: AccountId::from_uuid(row.try_get("donor")?),
            counter: row.try_get("counter")?,
            half_days: row.try_get("half_days")?,
            declared_on: row.try_get("declared_on")?,
            status: row.try_get("status")?,
        })
    }
}

/// At most `limit` gifts that wait for who receives them, after `after`, in the order of their declaration.
///
/// # Errors
/// Those of the database.
pub async fn waiting(
    database: impl PgExecutor<'_>,
    after: Option<GiftId>,
    limit: u16,
) -> Result<Vec<Gift>, sqlx::Error> {
    sqlx::query_as(
        "SELECT gift, donor, counter, half_days, declared_on, status FROM projections.gifts_v1
         WHERE status = 'waiting' AND ($1::uuid IS NULL OR gift > $1) ORDER BY gift LIMIT $2",
    )
    .bind(after.map(|gift| gift.as_uuid()))
    .bind(i64::from(limit))
    .fetch_all(database)
    .await
}

/// At most `limit` gifts of a donor, after `after`, in the order of their declaration.
///
/// # Errors
/// Those of the database.
pub async fn of(
    database: impl PgExecutor<'_>,
    donor: AccountId,
    after: Option<GiftId>,
    limit: u16,
) -> Result<Vec<Gift>, sqlx::Error> {
    sqlx::query_as(
        "SELECT gift, donor, counter, half_days, declared_on, status FROM projections.gifts_v1
         WHERE donor = $1 AND ($2::uuid IS NULL OR gift > $2) ORDER BY gift LIMIT $3",
    )
    .bind(donor.as_uuid())
    .bind(after.map(|gift| gift.as_uuid()))
    .bind(i64::from(limit))
    .fetch_all(database)
    .await
}
