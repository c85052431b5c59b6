//! What the calls that hold many commands asked for, and what they were told: their key names one of them, and again it
//! gets the first outcome of each command, a refusal too.

use crate::problems;
use events::{AccountId, Idempotency, Metadata, Sealed};
use journal::{AppendError, Journal};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::PgPool;
use std::collections::BTreeMap;
use uuid::Uuid;
use vault::{Opened, Period, Place, Purpose, Vault};
use web::Problem;

#[derive(Clone, Debug)]
pub(crate) struct Batches {
    pool: PgPool,
    journal: Journal,
    vault: Vault,
}

/// The outcomes that were said, by the number of the command.
pub(crate) type Said<T> = BTreeMap<usize, T>;

impl Batches {
    pub(crate) const fn new(pool: PgPool, journal: Journal, vault: Vault) -> Self {
        Self { pool, journal, vault }
    }

    /// Binds the key of an account's call to what the call asks for, before the first of its commands.
    ///
    /// A single command under the same key that is let through before the key is bound, and recorded after it was looked for,
    /// is done as well as the call: of the two, only one that comes after the other is refused. To keep them apart a single
    /// command would have to write a row more.
    ///
    /// # Errors
    /// 422 `idempotency-key-reused` when the key came before with another call or with a command.
    pub(crate) async fn bind(&self, metadata: &Metadata) -> Result<(), Problem> {
        let Some((account, asked)) = named(metadata) else { return Ok(()) };
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

    /// What a call that was bound was told before.
    pub(crate) async fn said<T: DeserializeOwned>(&self, metadata: &Metadata) -> Result<Said<T>, Problem> {
        let Some((account, asked)) = named(metadata) else { return Ok(Said::new()) };
        let boxes: String =
            sqlx::query_scalar("SELECT outcomes::text FROM access.batch WHERE account = $1 AND key = $2")
                .bind(account.as_uuid())
                .bind(asked.key.as_str())
                .fetch_one(&self.pool)
                .await
                .map_err(problems::database)?;
        self.opened(account, asked, &boxes).await
    }

    /// Keeps what a call is told, sealed: the words of a refusal may tell of what is sealed elsewhere. Gives what counts:
    /// of two calls at once, what was kept first.
    pub(crate) async fn keep<T>(&self, metadata: &Metadata, said: Said<T>) -> Result<Said<T>, Problem>
    where
        T: Serialize + DeserializeOwned,
    {
        let Some((account, asked)) = named(metadata) else { return Ok(said) };
        let (subject, place) = (account.as_uuid(), place(account, asked));
        let sealed = self.vault.seal(subject, Purpose::Words, Period::Always, &place, &said).await;
        let sealed = serde_json::to_string(&sealed.map_err(problems::vault)?).map_err(Problem::internal)?;
        let boxes: String = sqlx::query_scalar(
            "UPDATE access.batch SET outcomes = outcomes || jsonb_build_array($3::jsonb)
             WHERE account = $1 AND key = $2 RETURNING outcomes::text",
        )
        .bind(subject)
        .bind(asked.key.as_str())
        .bind(sealed)
        .fetch_one(&self.pool)
        .await
        .map_err(problems::database)?;
        self.opened(account, asked, &boxes).await
    }

    async fn opened<T: DeserializeOwned>(
        &self,
        account: AccountId,
        asked: &Idempotency,
        boxes: &str,
    ) -> Result<Said<T>, Problem> {
        let boxes: Vec<Sealed<Said<T>>> = serde_json::from_str(boxes).map_err(Problem::internal)?;
        let placed: Vec<_> = boxes.iter().map(|sealed| (place(account, asked), sealed)).collect();
        let opened = self.vault.open_many(&placed).await.map_err(problems::vault)?;
        let kept = opened.into_iter().rev().filter_map(Opened::clear).flatten();
        Ok(kept.collect())
    }
}

fn named(metadata: &Metadata) -> Option<(AccountId, &Idempotency)> {
    metadata.actor.account().zip(metadata.idempotency.as_ref())
}

fn place(account: AccountId, asked: &Idempotency) -> Place<'static> {
    let id = account.as_uuid();
    Place { stream: "access", id, field: "batch", fact: Uuid::new_v5(&id, asked.key.as_str().as_bytes()) }
}
