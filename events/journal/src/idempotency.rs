//! The first outcomes of the clients' idempotency keys.

use crate::recorded::actor_columns;
use crate::request::Replayed;
use crate::{AppendError, Journal, ReadError, Receipt};
use chrono::{DateTime, Utc};
use events::{Metadata, Position, Version};
use postgres_errors::is_transient;
use tokio::time::timeout;
use uuid::Uuid;

/// Fingerprint, outcome, position, version and time of the first request.
type Known = (Vec<u8>, Vec<u8>, i64, i32, DateTime<Utc>);

impl Journal {
    /// The first outcome of `metadata`'s idempotency key, if it has one that is known.
    ///
    /// # Errors
    /// [`AppendError::KeyReused`] when the key came with another request, [`AppendError::Read`].
    pub async fn recall(&self, metadata: &Metadata) -> Result<Option<Receipt>, AppendError> {
        const SQL: &str = "SELECT fingerprint, outcome, position, version, recorded_at FROM journal.idempotency
                           WHERE actor = $1 AND actor_id = $2 AND key = $3";
        let Some(asked) = &metadata.idempotency else { return Ok(None) };
        let (actor, actor_id) = actor_columns(&metadata.actor);
        let known = sqlx::query_as(SQL)
            .bind(actor)
            .bind(actor_id.map_or(Uuid::nil(), |id| id.as_uuid()))
            .bind(asked.key.as_str())
            .fetch_optional(self.reader().pool());
        let known: Result<Option<Known>, _> = timeout(self.patience(), known).await.map_err(|_| ReadError::late())?;
        let known = known.map_err(ReadError::Unavailable)?;
        let Some((fingerprint, outcome, position, version, recorded_at)) = known else { return Ok(None) };
        if fingerprint != asked.fingerprint {
            return Err(AppendError::KeyReused);
        }
        Ok(Some(Receipt {
            position: Position::new(position).unwrap_or_default(),
            version: Version(version),
            recorded_at,
            replayed: Some(Replayed { outcome }),
        }))
    }

    /// Binds the idempotency key of `metadata` to its request, which records nothing under it: whatever else comes under the
    /// key is refused from now on. The same request may bind it again; without a key there is nothing to bind.
    ///
    /// # Errors
    /// [`AppendError::KeyReused`] when the key came with another request, [`AppendError::Unavailable`],
    /// [`AppendError::Rejected`].
    pub async fn bind(&self, metadata: &Metadata) -> Result<(), AppendError> {
        let Some(asked) = &metadata.idempotency else { return Ok(()) };
        let (actor, actor_id) = actor_columns(&metadata.actor);
        let bound = sqlx::query_scalar("SELECT journal.bind_key($1, $2, $3, $4)")
            .bind(actor)
            .bind(actor_id.map_or(Uuid::nil(), |id| id.as_uuid()))
            .bind(asked.key.as_str())
            .bind(&asked.fingerprint[..])
            .fetch_one(self.reader().pool());
        match timeout(self.patience(), bound).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(AppendError::KeyReused),
            Ok(Err(error)) if !is_transient(&error) => Err(AppendError::Rejected(error)),
            Ok(Err(error)) => Err(AppendError::Unavailable(Some(error))),
            Err(_) => Err(AppendError::Unavailable(None)),
        }
    }

    /// The first of several requests of one actor whose idempotency key came with another request; one statement asks
    /// for all of them.
    ///
    /// # Errors
    /// [`AppendError::Read`].
    pub async fn first_reused(&self, requests: &[Metadata]) -> Result<Option<usize>, AppendError> {
        const SQL: &str = "SELECT min(asked.n) FROM unnest($3::text[], $4::bytea[]) WITH ORDINALITY asked (key, fingerprint, n)
                           JOIN journal.idempotency known ON known.actor = $1 AND known.actor_id = $2 AND known.key = asked.key
                           WHERE known.fingerprint <> asked.fingerprint";
        let Some(first) = requests.first() else { return Ok(None) };
        let (actor, actor_id) = actor_columns(&first.actor);
        let asked = || requests.iter().map(|request| request.idempotency.as_ref());
        let keys: Vec<Option<&str>> = asked().map(|asked| asked.map(|asked| asked.key.as_str())).collect();
        let fingerprints: Vec<Option<&[u8]>> = asked().map(|asked| asked.map(|asked| &asked.fingerprint[..])).collect();
        let reused = sqlx::query_scalar(SQL)
            .bind(actor)
            .bind(actor_id.map_or(Uuid::nil(), |id| id.as_uuid()))
            .bind(keys)
            .bind(fingerprints)
            .fetch_one(self.reader().pool());
        let reused: Result<Option<i64>, _> = timeout(self.patience(), reused).await.map_err(|_| ReadError::late())?;
        let reused = reused.map_err(ReadError::Unavailable)?;
        Ok(reused.and_then(|n| usize::try_from(n - 1).ok()))
    }
}
