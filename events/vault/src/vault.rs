//! Sealing and opening.

use crate::data_key::DataKey;
use crate::keyring::Keyring;
use crate::liveness::Generation;
use crate::master::Masters;
use crate::purpose::Owner;
use crate::{MasterKey, Period, Place, Purpose, VaultError};
use events::Sealed;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::PgPool;
use std::fmt;
use std::sync::Arc;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Keys made with one statement.
const BATCH: usize = 1000;

/// Seals personal data for the journal, and opens it again while its key stands.
///
/// Clones share their keys in memory. A key that any process destroys is dead in all of them within half a second;
/// whatever was sealed under it meanwhile is as lost as what was sealed before.
#[derive(Clone)]
pub struct Vault {
    pub(crate) keyring: Arc<Keyring>,
}

/// What was in a box.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Opened<T> {
    /// The value that was sealed.
    Clear(T),
    /// Its key is destroyed: nobody will ever open it.
    Erased,
}

impl<T> Opened<T> {
    /// The value, if it is not erased.
    pub fn clear(self) -> Option<T> {
        match self {
            Self::Clear(value) => Some(value),
            Self::Erased => None,
        }
    }
}

/// Tells whether there is something, not what.
impl<T> fmt::Debug for Opened<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Clear(_) => "Clear(…)",
            Self::Erased => "Erased",
        })
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({})", self.keyring.masters.current.id())
    }
}

impl Vault {
    /// A vault on this database. A role that only reads opens; it cannot make a first key.
    ///
    /// The pool must be of the primary: a standby that lags behind does not know of the latest destructions.
    #[must_use]
    pub fn new(pool: PgPool, master: MasterKey) -> Self {
        Self::with_former(pool, master, Vec::new())
    }

    /// A vault amid a rotation: what former master keys wrapped opens too, and new keys are wrapped under `master`.
    #[must_use]
    pub fn with_former(pool: PgPool, master: MasterKey, former: Vec<MasterKey>) -> Self {
        Self { keyring: Arc::new(Keyring::new(pool, Masters { current: master, former })) }
    }

    /// Whether this database holds keys that a master key wraps: what is sealed under them opens with that one alone.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    pub async fn holds_keys(pool: &PgPool) -> Result<bool, VaultError> {
        const SQL: &str = "SELECT EXISTS (SELECT FROM vault.key WHERE wrapped IS NOT NULL)";
        Ok(sqlx::query_scalar(SQL).fetch_one(pool).await?)
    }

    /// Seals a value that is about `subject`; with the key in memory, without asking the database.
    ///
    /// # Errors
    /// [`VaultError::NilSubject`], [`VaultError::Unwritable`], and what a first key needs: [`VaultError::Unavailable`],
    /// [`VaultError::ReadOnly`], [`VaultError::OtherMaster`].
    pub async fn seal<T: Serialize>(
        &self,
        subject: Uuid,
        purpose: Purpose,
        period: Period,
        place: &Place<'_>,
        value: &T,
    ) -> Result<Sealed<T>, VaultError> {
        let owner = sealing(subject, purpose, period)?;
        let clear = Zeroizing::new(serde_json::to_vec(value).map_err(|_| VaultError::Unwritable)?);
        let key = self.keyring.of_owner(owner).await?;
        let sealed = key.secret.seal(&clear, &place.associated_data(key.id))?;
        Ok(Sealed::new(key.id, sealed))
    }

    /// Makes the keys that these subjects lack, so that sealing for each of them does not: for imports.
    ///
    /// # Errors
    /// As [`Vault::seal`]. Keys made before an error stay.
    pub async fn provide(&self, owners: impl IntoIterator<Item = (Uuid, Purpose, Period)>) -> Result<(), VaultError> {
        let owners = owners.into_iter().map(|(subject, purpose, period)| sealing(subject, purpose, period));
        let mut owners = owners.collect::<Result<Vec<_>, _>>()?;
        owners.sort_unstable();
        owners.dedup();
        for batch in owners.chunks(BATCH) {
            self.keyring.of_owners(batch).await?;
        }
        Ok(())
    }

    /// Which keys stand, as of half a second ago at the earliest: as all that is opened.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    pub async fn generation(&self) -> Result<Generation, VaultError> {
        Ok(self.keyring.liveness.shelf().await?.generation)
    }

    /// Opens a box that stands at `place`.
    ///
    /// # Errors
    /// [`VaultError::AlteredBox`] when it was altered or moved, [`VaultError::UnknownKey`], [`VaultError::AlteredKey`],
    /// [`VaultError::OtherMaster`], [`VaultError::OtherType`]; [`VaultError::Unavailable`] when the key may have been
    /// destroyed since it was last seen, and the database cannot be asked.
    pub async fn open<T: DeserializeOwned>(
        &self,
        place: &Place<'_>,
        sealed: &Sealed<T>,
    ) -> Result<Opened<T>, VaultError> {
        let key = self.keyring.by_id(sealed.key()).await?;
        opened(key.as_deref(), place, sealed)
    }

    /// Opens the boxes of a page of rows, in their order; all keys that are not in memory are read with one query.
    ///
    /// # Errors
    /// As [`Vault::open`], for the first box that gives one.
    pub async fn open_many<T: DeserializeOwned>(
        &self,
        boxes: &[(Place<'_>, &Sealed<T>)],
    ) -> Result<Vec<Opened<T>>, VaultError> {
        let mut ids: Vec<_> = boxes.iter().map(|(_, sealed)| sealed.key()).collect();
        ids.sort_unstable();
        ids.dedup();
        let keys = self.keyring.by_ids(&ids).await?;
        let open = |(place, sealed): &(Place<'_>, &Sealed<T>)| {
            let key = keys.get(&sealed.key()).ok_or(VaultError::UnknownKey(sealed.key()))?;
            opened(key.as_deref(), place, sealed)
        };
        boxes.iter().map(open).collect()
    }
}

fn sealing(subject: Uuid, purpose: Purpose, period: Period) -> Result<Owner, VaultError> {
    if subject.is_nil() { Err(VaultError::NilSubject) } else { Ok(Owner::sealing(subject, purpose, period)) }
}

fn opened<T: DeserializeOwned>(
    key: Option<&DataKey>,
    place: &Place<'_>,
    sealed: &Sealed<T>,
) -> Result<Opened<T>, VaultError> {
    let Some(key) = key else { return Ok(Opened::Erased) };
    let clear = key.secret.open(sealed.as_bytes(), &place.associated_data(key.id));
    let clear = clear.ok_or(VaultError::AlteredBox(key.id))?;
    // The cause would quote the clear text.
    serde_json::from_slice(&clear).map(Opened::Clear).map_err(|_| VaultError::OtherType(key.id))
}
