//! The key of the fingerprints of requests: made once, the same on every node.

use crate::OpenError;
use events::{KeyId, Sealed};
use sqlx::PgPool;
use uuid::Uuid;
use vault::{Opened, Period, Place, Purpose, Vault};
use web::command::FingerprintKey;

/// Stands for the service where the vault asks whom a value is about.
const SERVICE: Uuid = Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0001);
const PLACE: Place<'static> = Place { stream: "access", id: SERVICE, field: "fingerprint-key", fact: SERVICE };

pub(crate) async fn fingerprint_key(pool: &PgPool, vault: &Vault) -> Result<FingerprintKey, OpenError> {
    if let Some(key) = find(pool, vault).await? {
        return Ok(key);
    }
    let mut key = [0_u8; 32];
    getrandom::fill(&mut key).map_err(OpenError::Randomness)?;
    let sealed = vault.seal(SERVICE, Purpose::Identity, Period::Always, &PLACE, &key).await?;
    sqlx::query("INSERT INTO access.fingerprint_key (key, sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(sealed.key().as_uuid())
        .bind(sealed.as_bytes())
        .execute(pool)
        .await?;
    find(pool, vault).await?.ok_or(OpenError::FingerprintKeyDestroyed)
}

async fn find(pool: &PgPool, vault: &Vault) -> Result<Option<FingerprintKey>, OpenError> {
    let row: Option<(Uuid, Vec<u8>)> =
        sqlx::query_as("SELECT key, sealed FROM access.fingerprint_key").fetch_optional(pool).await?;
    let Some((key, sealed)) = row else { return Ok(None) };
    let sealed = Sealed::<[u8; 32]>::new(KeyId::from_uuid(key), sealed);
    match vault.open(&PLACE, &sealed).await? {
        Opened::Clear(key) => Ok(Some(FingerprintKey::new(key))),
        Opened::Erased => Err(OpenError::FingerprintKeyDestroyed),
    }
}
