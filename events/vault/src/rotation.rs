//! A new master key: what it wraps changes, what was sealed does not.

use crate::data_key::KeyRow;
use crate::{MasterKey, Vault, VaultError};
use sqlx::PgConnection;
use uuid::Uuid;

/// Keys wrapped anew in one transaction.
const BATCH: i64 = 500;

impl Vault {
    /// Wraps every living key under `new` and returns how many were not. Stopped at any point, it goes on when called
    /// again; what was sealed stays as it is.
    ///
    /// For a rotation without a pause: start every process with the new key and the former one
    /// ([`Vault::with_former`]), call this, then start them without the former one and forget it.
    ///
    /// # Errors
    /// [`VaultError::OtherMaster`] when a key is wrapped under a master key that this vault does not have,
    /// [`VaultError::AlteredKey`], [`VaultError::ReadOnly`], [`VaultError::Unavailable`].
    pub async fn rewrap(&self, new: &MasterKey) -> Result<u64, VaultError> {
        let mut rewrapped = 0;
        loop {
            // Until a whole pass finds none: other processes may have made keys behind the last one.
            match self.rewrap_once(new).await? {
                0 => return Ok(rewrapped),
                keys => rewrapped += keys,
            }
        }
    }

    /// One pass over all keys in the order of their ids.
    async fn rewrap_once(&self, new: &MasterKey) -> Result<u64, VaultError> {
        let (mut rewrapped, mut after) = (0, Uuid::nil());
        loop {
            let mut transaction = self.keyring.pool.begin().await?;
            sqlx::query("SELECT FROM vault.generation FOR UPDATE").execute(&mut *transaction).await?;
            let rows = batch(&mut transaction, after, new).await?;
            let Some(last) = rows.last() else { return Ok(rewrapped) };
            after = last.id;
            let (mut ids, mut wrapped) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
            for row in &rows {
                if let Some(anew) = row.rewrap(&self.keyring.masters, new)? {
                    ids.push(row.id);
                    wrapped.push(anew);
                }
            }
            let written = sqlx::query(
                "UPDATE vault.key SET master = $1, wrapped = anew.wrapped
                 FROM unnest($2::uuid[], $3::bytea[]) AS anew (id, wrapped)
                 WHERE key.id = anew.id",
            )
            .bind(new.id())
            .bind(ids)
            .bind(wrapped)
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
            rewrapped += written.rows_affected();
        }
    }
}

async fn batch(connection: &mut PgConnection, after: Uuid, new: &MasterKey) -> Result<Vec<KeyRow>, VaultError> {
    let rows = sqlx::query_as(
        "SELECT id, subject, purpose, period, master, wrapped FROM vault.key
         WHERE id > $1 AND destroyed_at IS NULL AND master <> $2 ORDER BY id LIMIT $3",
    )
    .bind(after)
    .bind(new.id())
    .bind(BATCH)
    .fetch_all(connection)
    .await?;
    Ok(rows)
}
