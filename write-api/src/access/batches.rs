//! What the calls that hold many commands asked for: their key names one of them, whatever came of each command.

use crate::problems;
use events::{AccountId, Metadata};
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
        self.admit(account, asked.key.as_str(), &asked.fingerprint).await
    }

    /// Lets what an account asks for under a key through, unless the key names a call of many commands that is another.
    ///
    /// # Errors
    /// 422 `idempotency-key-reused`.
    pub(crate) async fn admit(&self, account: AccountId, key: &str, asked: &[u8; 32]) -> Result<(), Problem> {
        let bound: Option<Vec<u8>> =
            sqlx::query_scalar("SELECT fingerprint FROM access.batch WHERE account = $1 AND key = $2")
                .bind(account.as_uuid())
                .bind(key)
                .fetch_optional(&self.pool)
                .await
                .map_err(problems::database)?;
        match bound {
            Some(call) if call != asked => Err(problems::journal(AppendError::KeyReused)),
            Some(_) | None => Ok(()),
        }
    }
}
