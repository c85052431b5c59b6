//! States of long streams, kept in the database so that a cold start need not fold them from the first event.

use crate::StreamId;
use events::{DomainEvent, Version};
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;
use sqlx::PgPool;
use std::fmt;

/// An aggregate whose state can be kept and read again.
///
/// A snapshot may be thrown away at any time, and one that was folded by another [`Snapshots::FOLD`] is not read.
pub trait Snapshots:
    esrs::Aggregate<
        State: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
        Event: DomainEvent,
        Command: Send,
    > + Send
    + Sync
    + 'static
{
    /// The version of the fold and of the state's shape: raise it when either changes, a test holds it.
    const FOLD: i32;

    /// Events between snapshots of one stream.
    const EVERY: i32 = 128;
}

/// What tells our own snapshots from those that somebody else wrote: whoever may write to the database could else give
/// an account roles that no event gave it.
#[derive(Clone)]
pub(crate) struct SnapshotKey([u8; 16]);

impl fmt::Debug for SnapshotKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SnapshotKey(…)")
    }
}

const MAC_BYTES: usize = 32;

impl SnapshotKey {
    pub(crate) const fn new(key: [u8; 16]) -> Self {
        Self(key)
    }

    fn mac(&self, stream: StreamId, fold: i32, version: Version, state: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        for part in
            [stream.of.as_bytes(), &[0], stream.id.as_bytes(), &fold.to_be_bytes(), &version.0.to_be_bytes(), state]
        {
            mac.update(part);
        }
        Some(mac)
    }

    /// The state with its proof before it; nothing, which is no snapshot, should there be no proof.
    pub(crate) fn sign(&self, stream: StreamId, fold: i32, version: Version, mut state: Vec<u8>) -> Vec<u8> {
        let Some(mac) = self.mac(stream, fold, version, &state) else { return Vec::new() };
        let proof = mac.finalize().into_bytes();
        state.splice(..0, proof.iter().copied());
        state
    }

    /// The state that was kept of a stream at this version, if it is ours; another is as good as none.
    pub(crate) fn open<A: Snapshots>(&self, stream: StreamId, version: Version, kept: &[u8]) -> Option<A::State> {
        let state = self.verified(stream, A::FOLD, version, kept).and_then(|state| serde_json::from_slice(state).ok());
        if state.is_none() {
            tracing::warn!(stream.type = stream.of, "a snapshot is not ours, and is not read");
        }
        state
    }

    fn verified<'a>(&self, stream: StreamId, fold: i32, version: Version, kept: &'a [u8]) -> Option<&'a [u8]> {
        let (proof, state) = kept.split_at_checked(MAC_BYTES)?;
        self.mac(stream, fold, version, state)?.verify_slice(proof).ok()?;
        Some(state)
    }
}

pub(crate) async fn keep(pool: PgPool, stream: StreamId, fold: i32, version: Version, state: Vec<u8>) {
    let kept = sqlx::query("SELECT journal.keep_snapshot($1, $2, $3, $4, $5)")
        .bind(stream.of)
        .bind(stream.id)
        .bind(fold)
        .bind(version.0)
        .bind(state)
        .execute(&pool)
        .await;
    if let Err(error) = kept {
        tracing::warn!(error = %error, stream.type = stream.of, "a snapshot was not kept");
    }
}
