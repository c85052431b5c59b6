//! What the calls that hold many commands asked for: their key names one of them, whatever came of each command.

use crate::problems;
use events::Metadata;
use journal::{AppendError, Journal};
use sqlx::PgPool;
use web::Problem;

#[derive(Clone, Debug)]
pub(crate) struct Batches {
    pool: PgPool,
    journal: Journal,
}

impl Batches {
    pub(crate) const fn new(pool: PgPool, journal: Journal) -> Self {
        Self { pool, journal }
    }

    /// Binds the key of an account's call to what the call asks for, before the first of its commands.
    ///
    /// # Errors
    /// 422 `idempotency-key-reused` when the key came before with another call or with a command.
    pub(crate) async fn bind(&self, metadata: &Metadata) -> Result<(), Problem> {
        let (Some(account), Some(asked)) = (metadata.actor.account(), &metadata.idempotency) else { return Ok(()) };
        self.journal.recall(metadata).await.map_err(problems::journal)?;
        sqlx::query("INSERT INTO access.batch (account, key, fingerprint) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(account.as_uuid())
            .bind(asked.key.as_str())
            .bind(asked.fingerprint.as_slice())
            .execute(&self.pool)
            .await
            .map_err(problems::database)?;
        let first: Vec<u8> = sqlx::query_scalar("SELECT fingerprint FROM access.batch WHERE account = $1 AND key = $2")
            .bind(account.as_uuid())
            .bind(asked.key.as_str())
            .fetch_one(&self.pool)
            .await
            .map_err(problems::database)?;
        if first == asked.fingerprint { Ok(()) } else { Err(problems::journal(AppendError::KeyReused)) }
    }
}
