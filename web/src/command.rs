//! A command as it arrives: what the client calls it, what it asks for, and the body.

use std::fmt;

use axum::{
    extract::{FromRef, FromRequest, OriginalUri, Request},
    http::Method,
};
use hmac::{Hmac, KeyInit, Mac};
use serde::de::DeserializeOwned;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{
    body::{self, ValidJson},
    idempotency::IdempotencyKey,
    problem::Problem,
};

/// The key of every [`Fingerprint`]: the same on each node, for as long as idempotency keys are remembered.
///
/// A body may hold a password, and a bare SHA-256 of it could be guessed from a copy of the database.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct FingerprintKey([u8; 32]);

impl FingerprintKey {
    /// Takes 32 secret bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FingerprintKey(…)")
    }
}

/// What a command asked for: a repeated key with another one is 422 `idempotency-key-reused`.
///
/// HMAC-SHA-256 over method, path and body. Two spellings of one JSON document are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// The fingerprint of a request with that canonical body.
    #[must_use]
    pub fn of(key: &FingerprintKey, method: &Method, path: &str, body: &[u8]) -> Self {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length (RFC 2104, section 3)")]
        let mac = Hmac::<Sha256>::new_from_slice(&key.0).expect("a key of any length");
        let parts = [method.as_str().as_bytes(), path.as_bytes(), body];
        let mac =
            parts.iter().fold(mac, |mac, part| mac.chain_update((part.len() as u64).to_be_bytes()).chain_update(part));
        Self(mac.finalize().into_bytes().into())
    }
}

/// A command as it arrives: its key, what it asks for, and the body.
///
/// # Errors
/// Those of [`IdempotencyKey`] and [`ValidJson`].
#[derive(Clone, Debug)]
pub struct Command<T> {
    /// What the client calls it.
    pub key: IdempotencyKey,
    /// What it asks for.
    pub fingerprint: Fingerprint,
    /// The body.
    pub body: T,
}

impl<T, S> FromRequest<S> for Command<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
    FingerprintKey: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let key = IdempotencyKey::of(request.headers())?;
        let method = request.method().clone();
        let OriginalUri(uri) =
            request.extensions().get().cloned().unwrap_or_else(|| OriginalUri(request.uri().clone()));
        let bytes = body::json(request).await?;
        let ValidJson(body) = ValidJson::read(&bytes)?;
        let canonical = body::canonical(&bytes).map_err(Problem::internal)?;
        let fingerprint = Fingerprint::of(&FingerprintKey::from_ref(state), &method, uri.path(), &canonical);
        Ok(Self { key, fingerprint, body })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_depends_on_each_part_and_on_where_it_ends() {
        let of = |key, method, path, body: &str| {
            Fingerprint::of(&FingerprintKey::new([key; 32]), &method, path, body.as_bytes())
        };
        let reference = of(1, Method::POST, "/a", "bc");
        assert_eq!(of(1, Method::POST, "/a", "bc"), reference);
        for other in [
            of(2, Method::POST, "/a", "bc"),
            of(1, Method::PUT, "/a", "bc"),
            of(1, Method::POST, "/ab", "c"),
            of(1, Method::POST, "/a", "c"),
        ] {
            assert_ne!(other, reference);
        }
    }
}
