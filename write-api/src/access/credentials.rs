//! The secrets that accounts are opened with, hashed and sealed.

use crate::account::hashing::Phc;
use chrono::{DateTime, Utc};
use events::{AccountId, CredentialId, KeyId, Sealed};
use sqlx::PgPool;
use uuid::Uuid;
use vault::{Opened, Period, Place, Purpose, Vault, VaultError};

/// Which kind of secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecretKind {
    InitialCode,
    Password,
}

impl SecretKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::InitialCode => "initial-code",
            Self::Password => "password",
        }
    }
}

/// A secret to be kept before the event that brings it into force.
pub(crate) struct NewCredential {
    pub(crate) id: CredentialId,
    pub(crate) account: AccountId,
    pub(crate) kind: SecretKind,
    pub(crate) phc: Phc,
    pub(crate) created_at: DateTime<Utc>,
}

/// A secret to compare with.
pub(crate) struct StoredCredential {
    pub(crate) phc: Phc,
    pub(crate) created_at: DateTime<Utc>,
}

#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pool: PgPool,
    vault: Vault,
}

/// The secrets cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CredentialsError {
    #[error("the secrets of accounts cannot be read or written")]
    Database(#[from] sqlx::Error),
    #[error("the secret of an account cannot be sealed or opened")]
    Vault(#[from] VaultError),
}

impl Credentials {
    pub(crate) const fn new(pool: PgPool, vault: Vault) -> Self {
        Self { pool, vault }
    }

    pub(crate) async fn insert(&self, credential: &NewCredential) -> Result<(), CredentialsError> {
        let NewCredential { id, account, kind, phc, created_at } = credential;
        let sealed = self
            .vault
            .seal(account.as_uuid(), Purpose::Identity, Period::Always, &place(*account, *id), &phc.reveal())
            .await?;
        sqlx::query(
            "INSERT INTO access.credential (id, account, kind, key, sealed, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id.as_uuid())
        .bind(account.as_uuid())
        .bind(kind.as_str())
        .bind(sealed.key().as_uuid())
        .bind(sealed.as_bytes())
        .bind(created_at)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The secret of this id; none when it is superseded or erased. Asked for with no id, it takes as long.
    pub(crate) async fn find(
        &self,
        account: AccountId,
        id: Option<CredentialId>,
    ) -> Result<Option<StoredCredential>, CredentialsError> {
        let asked = id.map_or(Uuid::nil(), |id| id.as_uuid());
        let row: Option<(Uuid, Vec<u8>, DateTime<Utc>)> =
            sqlx::query_as("SELECT key, sealed, created_at FROM access.credential WHERE id = $1 AND account = $2")
                .bind(asked)
                .bind(account.as_uuid())
                .fetch_optional(&self.pool)
                .await?;
        let (Some(id), Some((key, sealed, created_at))) = (id, row) else { return Ok(None) };
        let sealed = Sealed::<String>::new(KeyId::from_uuid(key), sealed);
        match self.vault.open(&place(account, id), &sealed).await? {
            Opened::Clear(phc) => Ok(Some(StoredCredential { phc: Phc::new(phc), created_at })),
            Opened::Erased => Ok(None),
        }
    }

    /// Deletes a secret whose event was not recorded.
    pub(crate) async fn discard(&self, id: CredentialId) {
        let deleted =
            sqlx::query("DELETE FROM access.credential WHERE id = $1").bind(id.as_uuid()).execute(&self.pool).await;
        if let Err(error) = deleted {
            tracing::warn!(error = %error, credential.id = %id, "a secret that opens nothing was not deleted");
        }
    }

    /// Deletes what `in_force` replaced, and what was left behind earlier. A young row of another id may be one whose
    /// event is on its way.
    pub(crate) async fn forget_superseded(
        &self,
        account: AccountId,
        in_force: CredentialId,
        superseded: Option<CredentialId>,
    ) {
        let deleted = sqlx::query(
            "DELETE FROM access.credential
             WHERE account = $1 AND id <> $2
               AND (id = $3 OR created_at < (SELECT created_at - interval '1 hour' FROM access.credential WHERE id = $2))",
        )
        .bind(account.as_uuid())
        .bind(in_force.as_uuid())
        .bind(superseded.map(|id| id.as_uuid()))
        .execute(&self.pool)
        .await;
        if let Err(error) = deleted {
            tracing::warn!(error = %error, account.id = %account, "superseded secrets were not deleted");
        }
    }
}

const fn place(account: AccountId, id: CredentialId) -> Place<'static> {
    Place { stream: "access", id: account.as_uuid(), field: "credential", fact: id.as_uuid() }
}
