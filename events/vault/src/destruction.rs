//! The end of keys: erasure, retention, and both again after a backup was restored.

use crate::purpose::StoredPurpose;
use crate::vault::Vault;
use crate::{Month, Period, Purpose, VaultError};
use chrono::{DateTime, Utc};
use events::KeyId;
use futures::TryStreamExt;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};
use sqlx::Postgres;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use uuid::Uuid;

/// Receipts re-applied with one statement.
const BATCH: usize = 1000;

/// That a key was destroyed. To be kept apart from the vault's backups, as JSON or otherwise, and re-applied when
/// one of them is restored. What is not the name of a purpose or a period is not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    key: Uuid,
    subject: Uuid,
    #[sqlx(try_from = "String")]
    purpose: StoredPurpose,
    #[sqlx(try_from = "String")]
    period: Period,
    destroyed_at: DateTime<Utc>,
}

impl Receipt {
    /// The key.
    #[must_use]
    pub const fn key(&self) -> KeyId {
        KeyId::from_uuid(self.key)
    }

    /// When it was destroyed.
    #[must_use]
    pub const fn destroyed_at(&self) -> DateTime<Utc> {
        self.destroyed_at
    }
}

impl Vault {
    /// Destroys every key of a subject (GDPR, art. 17) and returns their number. What is sealed for it afterwards is
    /// sealed under a new key.
    ///
    /// # Errors
    /// [`VaultError::NilSubject`], [`VaultError::ReadOnly`]; [`VaultError::Unavailable`]: trying again is safe.
    pub async fn destroy_subject(&self, subject: Uuid) -> Result<u64, VaultError> {
        if subject.is_nil() {
            return Err(VaultError::NilSubject);
        }
        self.destroy(
            sqlx::query(
                "UPDATE vault.key SET master = NULL, wrapped = NULL, destroyed_at = now()
                 WHERE subject = $1 AND destroyed_at IS NULL",
            )
            .bind(subject),
        )
        .await
    }

    /// Destroys the keys of every month before `before` (GDPR, art. 5 §1 e), the months' source tags with those of
    /// [`Purpose::Security`], and returns their number.
    ///
    /// # Errors
    /// [`VaultError::ReadOnly`]; [`VaultError::Unavailable`]: trying again is safe.
    pub async fn destroy_period(&self, purpose: Purpose, before: Month) -> Result<u64, VaultError> {
        self.destroy(
            sqlx::query(
                "UPDATE vault.key SET master = NULL, wrapped = NULL, destroyed_at = now()
                 WHERE purpose = ANY($1) AND period < $2 AND destroyed_at IS NULL",
            )
            .bind(purpose.with_dependents())
            .bind(before.to_string()),
        )
        .await
    }

    /// The receipts of all destroyed keys, oldest first; ends with a [`VaultError`] if the database fails.
    pub fn destroyed(&self) -> BoxStream<'_, Result<Receipt, VaultError>> {
        let receipts = sqlx::query_as(
            "SELECT id AS key, subject, purpose, period, destroyed_at FROM vault.key
             WHERE destroyed_at IS NOT NULL ORDER BY destroyed_at, id",
        );
        Box::pin(receipts.fetch(&self.keyring.pool).map_err(VaultError::from))
    }

    /// Destroys the keys of these receipts again where a restored backup brought them back, keeps the receipts that
    /// it lacks, and returns the number of both. Applying a receipt twice changes nothing.
    ///
    /// # Errors
    /// [`VaultError::ReadOnly`]; [`VaultError::Unavailable`]: trying again is safe.
    pub async fn reapply(&self, receipts: &[Receipt]) -> Result<u64, VaultError> {
        let mut applied = 0;
        for batch in receipts.chunks(BATCH) {
            applied += self.destroy(reapplication(batch)).await?;
        }
        Ok(applied)
    }

    /// Runs one statement that destroys keys, and tells every process.
    async fn destroy(&self, statement: Query<'_, Postgres, PgArguments>) -> Result<u64, VaultError> {
        let mut transaction = self.keyring.pool.begin().await?;
        // First, so that destructions and rotations follow each other instead of meeting in the middle.
        sqlx::query("UPDATE vault.generation SET value = gen_random_uuid()").execute(&mut *transaction).await?;
        let destroyed = statement.execute(&mut *transaction).await?.rows_affected();
        if destroyed == 0 {
            transaction.rollback().await?;
        } else {
            let committed = transaction.commit().await;
            // Also when the answer to the commit was lost: it may have been done.
            self.keyring.liveness.forget().await;
            committed?;
        }
        Ok(destroyed)
    }
}

fn reapplication(receipts: &[Receipt]) -> Query<'static, Postgres, PgArguments> {
    sqlx::query(
        "INSERT INTO vault.key (id, subject, purpose, period, destroyed_at)
         SELECT DISTINCT ON (id) id, subject, purpose, period, destroyed_at
         FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[])
              AS receipt (id, subject, purpose, period, destroyed_at)
         ORDER BY id
         ON CONFLICT (id) DO UPDATE SET master = NULL, wrapped = NULL, destroyed_at = EXCLUDED.destroyed_at
         WHERE key.destroyed_at IS NULL",
    )
    .bind(receipts.iter().map(|receipt| receipt.key).collect::<Vec<_>>())
    .bind(receipts.iter().map(|receipt| receipt.subject).collect::<Vec<_>>())
    .bind(receipts.iter().map(|receipt| receipt.purpose.0).collect::<Vec<_>>())
    .bind(receipts.iter().map(|receipt| receipt.period.to_string()).collect::<Vec<_>>())
    .bind(receipts.iter().map(|receipt| receipt.destroyed_at).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::select;
    use serde_json::{Value, json};

    const PURPOSES: [&str; 7] = ["identity", "security", "words", "health", "source-tag", "occasion", "name-index"];

    fn written(purpose: &str, period: &str) -> Value {
        let [key, subject] = [Uuid::from_u128(1), Uuid::nil()];
        json!({ "key": key, "subject": subject, "purpose": purpose, "period": period, "destroyed_at": "2026-11-24T12:00:00Z" })
    }

    proptest! {
        #[test]
        fn a_receipt_is_read_back(purpose in select(&PURPOSES[..]), period in "[0-9]{4}-(0[1-9]|1[0-2])|always") {
            let value = written(purpose, &period);
            let receipt: Receipt = serde_json::from_value(value.clone()).unwrap();
            prop_assert_eq!(serde_json::to_value(&receipt).unwrap(), value);
        }

        #[test]
        fn what_is_no_purpose_or_no_period_is_no_receipt(
            purpose in "(security|words|name-index)[a-z-]?|\\PC{0,12}",
            period in "[+-]?[0-9]{1,5}-[0-9]{1,3}|always|\\PC{0,8}",
        ) {
            let known = PURPOSES.contains(&purpose.as_str()) && period.parse::<Period>().is_ok();
            prop_assert_eq!(serde_json::from_value::<Receipt>(written(&purpose, &period)).is_ok(), known);
        }

        #[test]
        fn any_text_is_a_receipt_or_none(text in "\\{\\PC{0,200}\\}|\\PC{0,200}") {
            if let Ok(receipt) = serde_json::from_str::<Receipt>(&text) {
                let again: Receipt = serde_json::from_str(&serde_json::to_string(&receipt).unwrap()).unwrap();
                prop_assert_eq!(again, receipt);
            }
        }
    }
}
