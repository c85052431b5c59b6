//! What is done once a day by one process, whichever is first.

use chrono::NaiveDate;
use sqlx::PgPool;
use uuid::Uuid;

/// How long a process is waited for that says nothing more. By the database's clock.
const LAPSE_SECONDS: f64 = 300.0;

/// Which process does what of a day.
#[derive(Clone, Debug)]
pub(crate) struct Daily(PgPool);

/// The right to do it.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    pool: PgPool,
    name: &'static str,
    day: NaiveDate,
    owner: Uuid,
}

impl Daily {
    pub(crate) const fn new(pool: PgPool) -> Self {
        Self(pool)
    }

    /// The right to do `name` on a day; none when it is done, or another is at it.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn turn(&self, name: &'static str, day: NaiveDate) -> Result<Option<Turn>, sqlx::Error> {
        let turn = Turn { pool: self.0.clone(), name, day, owner: Uuid::now_v7() };
        Ok(turn.renew().await?.then_some(turn))
    }
}

impl Turn {
    /// Says that it is still being done; not so when the lease lapsed and another took it.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn renew(&self) -> Result<bool, sqlx::Error> {
        let taken = sqlx::query(
            "INSERT INTO reactions.daily AS r (name, lease_owner, lease_until)
             VALUES ($1, $2, clock_timestamp() + make_interval(secs => $4))
             ON CONFLICT (name) DO UPDATE SET lease_owner = excluded.lease_owner, lease_until = excluded.lease_until
             WHERE r.done_on < $3 AND (r.lease_until < clock_timestamp() OR r.lease_owner = $2)",
        )
        .bind(self.name)
        .bind(self.owner)
        .bind(self.day)
        .bind(LAPSE_SECONDS)
        .execute(&self.pool)
        .await?;
        Ok(taken.rows_affected() == 1)
    }

    /// Says that the day is done whole.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn done(self) -> Result<(), sqlx::Error> {
        sqlx::query(
            "UPDATE reactions.daily SET done_on = $3, lease_owner = NULL, lease_until = '-infinity'
             WHERE name = $1 AND lease_owner = $2",
        )
        .bind(self.name)
        .bind(self.owner)
        .bind(self.day)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
