//! Names and addresses that can be compared and not read.

use crate::data_key::{DataKey, KeyRow};
use crate::purpose::{Owner, SOURCE_TAG};
use crate::secret::uuid_of;
use crate::{Month, Vault, VaultError};
use chrono::{DateTime, TimeDelta, Utc};
use events::leave::Occasion;
use events::username::LoginName;
use events::{AccountId, SourceTag};
use uuid::Uuid;

impl Vault {
    /// The stream of a username, whether an account has it or not: always the same for one name, and telling nothing
    /// of it without the vault. The HMAC-SHA-256 of the name under the vault's index key, as a UUIDv8 (RFC 9562
    /// §5.8).
    ///
    /// # Errors
    /// [`VaultError::Unavailable`], [`VaultError::OtherMaster`], [`VaultError::AlteredKey`] until the index key has
    /// been read once, [`VaultError::ReadOnly`] when there is none yet and this connection cannot make it.
    pub async fn pseudonym(&self, name: &LoginName) -> Result<Uuid, VaultError> {
        let index = self.keyring.name_index().await?;
        Ok(uuid_of(index.secret.mac(&[b"intraparis pseudonym 1", name.reveal().as_bytes()])))
    }

    /// A key of this vault for one use that is not the vault's, always the same: 128 bits of the HMAC-SHA-256 of the use's name under
    /// the index key.
    ///
    /// # Errors
    /// As [`Vault::pseudonym`].
    pub async fn derived_key(&self, for_use: &'static str) -> Result<[u8; 16], VaultError> {
        let index = self.keyring.name_index().await?;
        Ok(index.secret.mac(&[b"intraparis derived key 1", for_use.as_bytes()]))
    }

    /// The tag of an address in the month of `at` (in UTC). Of network addresses, the text of
    /// [`events::Source::canonical`].
    ///
    /// # Errors
    /// As [`Vault::seal`].
    pub async fn source_tag(&self, at: DateTime<Utc>, address: &str) -> Result<SourceTag, VaultError> {
        let key = self.keyring.of_owner(Owner::source_tag(Month::of(at))).await?;
        Ok(tag(&key, address))
    }

    /// What a special absence of `agent` is for, or what is said of the child that a family leave is for: the same for one
    /// motive and one `event`, and telling of neither without a key of the agent's own, which is destroyed with his others.
    ///
    /// # Errors
    /// As [`Vault::seal`].
    pub async fn occasion(&self, agent: AccountId, motive: &str, event: &str) -> Result<Occasion, VaultError> {
        let key = self.keyring.of_owner(Owner::occasion(agent.as_uuid())).await?;
        Ok(Occasion::new(key.secret.mac(&[b"intraparis occasion 1", motive.as_bytes(), event.as_bytes()])))
    }

    /// The tags that an address has from `from` until before `until`: one for each month that has a key and whose
    /// key is not destroyed, in their order.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`], [`VaultError::OtherMaster`], [`VaultError::AlteredKey`].
    pub async fn source_tags(
        &self,
        from: Option<DateTime<Utc>>,
        until: Option<DateTime<Utc>>,
        address: &str,
    ) -> Result<Vec<SourceTag>, VaultError> {
        let last = until.and_then(|until| until.checked_sub_signed(TimeDelta::nanoseconds(1)));
        let rows: Vec<KeyRow> = sqlx::query_as(
            "SELECT id, subject, purpose, period, master, wrapped FROM vault.key
             WHERE subject = $1 AND purpose = $2 AND destroyed_at IS NULL
               AND period >= coalesce($3, period) AND period <= coalesce($4, period)
             ORDER BY period",
        )
        .bind(Uuid::nil())
        .bind(SOURCE_TAG)
        .bind(from.map(|from| Month::of(from).to_string()))
        .bind(last.map(|last| Month::of(last).to_string()))
        .fetch_all(&self.keyring.pool)
        .await?;
        let keys = rows.iter().filter_map(|row| row.unwrap(&self.keyring.masters).transpose());
        keys.map(|key| key.map(|key| tag(&key, address))).collect()
    }
}

fn tag(key: &DataKey, address: &str) -> SourceTag {
    SourceTag::new(key.secret.mac(&[b"intraparis source tag 1", address.as_bytes()]))
}
