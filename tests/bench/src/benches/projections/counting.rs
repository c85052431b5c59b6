//! The cheapest projection that there is: how many events each account has.

use async_trait::async_trait;
use esrs::handler::TransactionalEventHandler;
use esrs::store::StoreEvent;
use events::account::AccountEvent;
use journal::Recorded;
use projections::{Fold, Projection, ProjectionError, Rows, Stream};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Its table.
pub const TABLE: &str = "SET ROLE intraparis_projector;
CREATE TABLE projections.bench_counts_v1 (account uuid PRIMARY KEY, events bigint NOT NULL)";

/// The projection.
pub fn projection() -> Projection {
    Projection::named::<Counts>("bench_counts_v1", 1, &["bench_counts_v1"])
        .reads::<AccountEvent, _>(Counting)
        .declared()
}

struct Counting;

#[derive(Default)]
struct Counts(BTreeMap<Uuid, i64>);

#[async_trait]
impl Rows for Counts {
    async fn load(_: &[Recorded], _: &mut PgConnection) -> Result<Self, ProjectionError> {
        Ok(Self::default())
    }

    async fn write(self, connection: &mut PgConnection) -> Result<(), ProjectionError> {
        let (accounts, events): (Vec<Uuid>, Vec<i64>) = self.0.into_iter().unzip();
        sqlx::query(
            "INSERT INTO bench_counts_v1 SELECT * FROM unnest($1::uuid[], $2::bigint[])
             ON CONFLICT (account) DO UPDATE SET events = bench_counts_v1.events + excluded.events",
        )
        .bind(accounts)
        .bind(events)
        .execute(connection)
        .await?;
        Ok(())
    }
}

#[async_trait]
impl TransactionalEventHandler<Stream<AccountEvent>, ProjectionError, Fold<Counts>> for Counting {
    async fn handle(&self, event: &StoreEvent<AccountEvent>, fold: &mut Fold<Counts>) -> Result<(), ProjectionError> {
        *fold.rows.0.entry(event.aggregate_id).or_default() += 1;
        Ok(())
    }
}
