//! A key that seals, and the row that keeps it, wrapped under the master key.

use crate::VaultError;
use crate::master::{MasterKey, Masters};
use crate::place::framed;
use crate::purpose::Owner;
use crate::secret::Secret;
use events::KeyId;
use uuid::Uuid;

pub(crate) struct DataKey {
    pub(crate) id: KeyId,
    pub(crate) secret: Secret,
}

/// A key as `vault.key` has it.
#[derive(sqlx::FromRow)]
pub(crate) struct KeyRow {
    pub(crate) id: Uuid,
    subject: Uuid,
    purpose: String,
    period: String,
    master: Option<Uuid>,
    wrapped: Option<Vec<u8>>,
}

impl KeyRow {
    pub(crate) const fn key(&self) -> KeyId {
        KeyId::from_uuid(self.id)
    }

    /// The key, or none when it was destroyed.
    pub(crate) fn unwrap(&self, masters: &Masters) -> Result<Option<DataKey>, VaultError> {
        let (Some(wrapped_under), Some(wrapped)) = (self.master, &self.wrapped) else { return Ok(None) };
        let key = self.key();
        let master = masters.find(wrapped_under).ok_or_else(|| VaultError::OtherMaster {
            key,
            wrapped_under,
            held: masters.current.id(),
        })?;
        let secret = master.secret.open(wrapped, &self.associated_data());
        let secret = secret.and_then(|bytes| Secret::from_slice(&bytes)).ok_or(VaultError::AlteredKey(key))?;
        Ok(Some(DataKey { id: key, secret }))
    }

    /// The same key, wrapped under another master key; none when it was destroyed.
    pub(crate) fn rewrap(&self, masters: &Masters, new: &MasterKey) -> Result<Option<Vec<u8>>, VaultError> {
        let key = self.unwrap(masters)?;
        key.map(|key| new.secret.seal(key.secret.as_bytes(), &self.associated_data())).transpose()
    }

    fn associated_data(&self) -> Vec<u8> {
        wrapping_data(self.id, self.subject, &self.purpose, &self.period)
    }
}

/// A fresh key for this owner: its id, and the key wrapped under the master key.
pub(crate) fn fresh(owner: &Owner, master: &MasterKey) -> Result<(Uuid, Vec<u8>), VaultError> {
    let id = KeyId::new().as_uuid();
    let secret = Secret::generate().map_err(VaultError::Randomness)?;
    let data = wrapping_data(id, owner.subject, owner.purpose, &owner.period.to_string());
    Ok((id, master.secret.seal(secret.as_bytes(), &data)?))
}

fn wrapping_data(id: Uuid, subject: Uuid, purpose: &str, period: &str) -> Vec<u8> {
    framed(&[b"intraparis key 1", id.as_bytes(), subject.as_bytes(), purpose.as_bytes(), period.as_bytes()])
}
