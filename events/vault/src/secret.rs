//! 32 random bytes and what is done with them.

use crate::VaultError;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Length of a key in bytes.
const KEY_BYTES: usize = 32;
/// Length of a nonce in bytes: long enough to be drawn at random for every box.
const NONCE_BYTES: usize = 24;

/// A secret key. It is overwritten when dropped and has no `Debug`.
#[derive(Clone)]
pub(crate) struct Secret(Zeroizing<[u8; KEY_BYTES]>);

impl Secret {
    pub(crate) fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        getrandom::fill(bytes.as_mut_slice())?;
        Ok(Self(bytes))
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// Nonce and ciphertext of `clear` (XChaCha20-Poly1305, draft-irtf-cfrg-xchacha).
    pub(crate) fn seal(&self, clear: &[u8], associated_data: &[u8]) -> Result<Vec<u8>, VaultError> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(VaultError::Randomness)?;
        let payload = Payload { msg: clear, aad: associated_data };
        let ciphertext = self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| VaultError::TooLong)?;
        Ok([nonce.as_slice(), &ciphertext].concat())
    }

    /// The clear bytes, unless the box was sealed under another key or with other data, or was altered.
    pub(crate) fn open(&self, sealed: &[u8], associated_data: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: ciphertext, aad: associated_data };
        self.cipher().decrypt(&XNonce::from(*nonce), payload).ok().map(Zeroizing::new)
    }

    /// The first 16 bytes of the HMAC-SHA-256 of `parts` (RFC 2104; truncation: §5).
    pub(crate) fn mac(&self, parts: &[&[u8]]) -> [u8; 16] {
        let mut block = Zeroizing::new([0; 64]);
        block.iter_mut().zip(self.0.iter()).for_each(|(padded, byte)| *padded = *byte);
        let mut mac = Hmac::<Sha256>::new((&*block).into());
        mac.update(&crate::place::framed(parts));
        let digest: [u8; 32] = mac.finalize().into_bytes().into();
        let mut first = [0; 16];
        first.copy_from_slice(digest.split_at(16).0);
        first
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.0).into())
    }
}

/// A UUID of 122 bits of our own (UUIDv8, RFC 9562 §5.8).
pub(crate) fn uuid_of(bytes: [u8; 16]) -> Uuid {
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
