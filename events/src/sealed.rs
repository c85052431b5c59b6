//! Personal data, sealed under a key that can be destroyed.

use crate::KeyId;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::marker::PhantomData;

/// A value of type `T` that only the vault can open, and nobody once its key is destroyed.
///
/// Serialized as `{"key": "<uuid>", "box": "<base64>"}`, the box being nonce and ciphertext. Decisions never read
/// what is inside, so that a fold gives the same state before and after an erasure.
pub struct Sealed<T> {
    key: KeyId,
    sealed: Vec<u8>,
    of: PhantomData<fn() -> T>,
}

impl<T> Sealed<T> {
    /// A box that was sealed under `key`.
    #[must_use]
    pub const fn new(key: KeyId, sealed: Vec<u8>) -> Self {
        Self { key, sealed, of: PhantomData }
    }

    /// The key that it is sealed under.
    #[must_use]
    pub const fn key(&self) -> KeyId {
        self.key
    }

    /// Nonce and ciphertext.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.sealed
    }
}

impl<T> Clone for Sealed<T> {
    fn clone(&self) -> Self {
        Self::new(self.key, self.sealed.clone())
    }
}

impl<T> PartialEq for Sealed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key && self.sealed == other.sealed
    }
}

impl<T> Eq for Sealed<T> {}

impl<T> fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({})", self.key)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    key: KeyId,
    r#box: String,
}

impl<T> Serialize for Sealed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written { key: self.key, r#box: data_encoding::BASE64.encode(&self.sealed) }.serialize(serializer)
    }
}

impl<'de, T> Deserialize<'de> for Sealed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written::deserialize(deserializer)?;
        data_encoding::BASE64
            .decode(written.r#box.as_bytes())
            .map(|sealed| Self::new(written.key, sealed))
            .map_err(|_| de::Error::custom("a sealed box is base64"))
    }
}
