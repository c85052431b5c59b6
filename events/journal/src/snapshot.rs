//! States of long streams, kept in the database so that a cold start need not fold them from the first event.

use events::DomainEvent;
use serde::Serialize;
use serde::de::DeserializeOwned;

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
    const EVERY: i32 = 256;
}
