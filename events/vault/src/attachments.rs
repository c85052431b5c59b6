//! Files that are kept beside the journal: sealed under the agent's key, so that its destruction erases them too.

use crate::{BucketAccess, Opened, Period, Purpose, Vault, VaultError, places};
use data_encoding::{BASE64, HEXLOWER};
use events::{AccountId, KeyId, ProofId, Sealed};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, ObjectStoreScheme, PutPayload};
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;
use url::Url;
use uuid::Uuid;

/// Where sealed files are kept: a folder, or a bucket of an object store. Clones share it.
///
/// A file stands under the id of its proof: the key's id (16 bytes), then the box.
#[derive(Clone)]
pub struct Attachments {
    vault: Vault,
    store: Arc<dyn ObjectStore>,
    base: Path,
}

/// Why a file was not kept, or not found.
#[derive(Debug, thiserror::Error)]
pub enum AttachmentsError {
    /// The address of the store is none that this build knows.
    #[error("the store of attachments cannot be opened")]
    Address(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The folder cannot be told.
    #[error("the folder of attachments cannot be told")]
    Folder(#[from] std::io::Error),
    /// The store does not answer, or does not have the file.
    #[error("the store of attachments failed")]
    Store(#[from] object_store::Error),
    /// The vault did not seal or open.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The file is not the one that the journal tells of.
    #[error("the file of proof {0} was altered")]
    Altered(ProofId),
}

const KEY_BYTES: usize = 16;

impl Attachments {
    /// The store at `url`: `file:///var/lib/intraparis/attachments`, or `s3://bucket/prefix` by what `access` gives.
    ///
    /// # Errors
    /// [`AttachmentsError::Address`].
    pub fn open(vault: Vault, url: &str, access: &BucketAccess) -> Result<Self, AttachmentsError> {
        let url = Url::parse(url).map_err(|error| AttachmentsError::Address(error.into()))?;
        let scheme = ObjectStoreScheme::parse(&url).map_err(|error| AttachmentsError::Address(error.into()))?;
        let (store, base): (Arc<dyn ObjectStore>, _) = match scheme {
            (ObjectStoreScheme::Local, path) => (Arc::new(LocalFileSystem::new()), path),
            (ObjectStoreScheme::AmazonS3, path) => {
                let bucket = access.open(&url).map_err(|error| AttachmentsError::Address(error.into()))?;
                (Arc::new(bucket), path)
            }
            _ => return Err(AttachmentsError::Address("neither file:///… nor s3://…".into())),
        };
        Ok(Self { vault, store, base })
    }

    /// The store in a folder, which is made at the first file.
    ///
    /// # Errors
    /// [`AttachmentsError::Address`] for a relative path.
    pub fn in_folder(vault: Vault, folder: &std::path::Path) -> Result<Self, AttachmentsError> {
        let url = Url::from_directory_path(folder)
            .map_err(|()| AttachmentsError::Address("the folder of attachments is no absolute path".into()))?;
        Self::open(vault, url.as_str(), &BucketAccess::default())
    }

    /// Seals and keeps a file about `agent`. Gives SHA-256 of what is kept, in hexadecimal.
    ///
    /// # Errors
    /// [`AttachmentsError::Vault`], [`AttachmentsError::Store`].
    pub async fn put(&self, agent: AccountId, proof: ProofId, file: &[u8]) -> Result<String, AttachmentsError> {
        let place = places::proof_file(agent, proof);
        let (subject, text) = (agent.as_uuid(), BASE64.encode(file));
        let sealed = self.vault.seal(subject, Purpose::Health, Period::Always, &place, &text).await?;
        let kept = [sealed.key().as_uuid().as_bytes(), sealed.as_bytes()].concat();
        let hash = HEXLOWER.encode(&Sha256::digest(&kept));
        self.store.put(&self.path(proof), PutPayload::from(kept)).await?;
        Ok(hash)
    }

    /// The file that [`Attachments::put`] kept, held against its hash.
    ///
    /// # Errors
    /// [`AttachmentsError::Altered`], [`AttachmentsError::Vault`], [`AttachmentsError::Store`].
    pub async fn get(
        &self,
        agent: AccountId,
        proof: ProofId,
        sha256: &str,
    ) -> Result<Opened<Vec<u8>>, AttachmentsError> {
        let kept = self.store.get(&self.path(proof)).await?.bytes().await?;
        let altered = || AttachmentsError::Altered(proof);
        if HEXLOWER.encode(&Sha256::digest(&kept)) != sha256 {
            return Err(altered());
        }
        let (key, sealed) = kept.split_at_checked(KEY_BYTES).ok_or_else(altered)?;
        let key = KeyId::from_uuid(Uuid::from_slice(key).map_err(|_| altered())?);
        let sealed: Sealed<String> = Sealed::new(key, sealed.to_vec());
        Ok(match self.vault.open(&places::proof_file(agent, proof), &sealed).await? {
            Opened::Clear(text) => Opened::Clear(BASE64.decode(text.as_bytes()).map_err(|_| altered())?),
            Opened::Erased => Opened::Erased,
        })
    }

    /// Drops a file that the journal does not tell of after all.
    ///
    /// # Errors
    /// [`AttachmentsError::Store`].
    pub async fn discard(&self, proof: ProofId) -> Result<(), AttachmentsError> {
        Ok(self.store.delete(&self.path(proof)).await?)
    }

    fn path(&self, proof: ProofId) -> Path {
        self.base.clone().join(proof.to_string())
    }
}

impl fmt::Debug for Attachments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attachments({})", self.store)
    }
}
