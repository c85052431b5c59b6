//! What the calls that hold many commands asked for, and what they were told: their key names one of them, and again it
//! gets the first outcome of each command, a refusal too.

use crate::problems;
use events::{AccountId, Idempotency, Metadata, Sealed};
use journal::Journal;
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

    /// Binds the key of an account's call to what the call asks for, before the first of its commands. Gives what the same
    /// call was told before.
    ///
    /// # Errors
    /// 422 `idempotency-key-reused` when the key came before with another call or with a command.
    pub(crate) async fn bind<T: DeserializeOwned>(&self, metadata: &Metadata) -> Result<Said<T>, Problem> {
        let Some((account, asked)) = named(metadata) else { return Ok(Said::new()) };
        self.journal.bind(metadata).await.map_err(problems::journal)?;
        let boxes: String = sqlx::query_scalar(
            "INSERT INTO access.batch AS kept (account, key, fingerprint) VALUES ($1, $2, $3)
             ON CONFLICT (account, key) DO UPDATE SET outcomes = kept.outcomes RETURNING outcomes::text",
        )
        .bind(account.as_uuid())
        .bind(asked.key.as_str())
        .bind(asked.fingerprint.as_slice())
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
