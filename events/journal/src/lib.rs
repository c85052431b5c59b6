//! The event store behind the traits of `esrs`: one journal of every event in one total, dense order.
//!
//! ```text
//!  command ─▶ Unit (esrs::EventStore) ─▶ Appender ─▶ journal.append in PostgreSQL: head row, versions,
//!               │ state from Cache,        │ groups what queued           events, Merkle frontier, keys
//!               │ Snapshot + tail          │ while the last one flushed
//!               ▼                          ▼
//!            decision                   Head ─▶ subscriptions, waiting readers
//! ```
//!
//! [`Journal`] is the door: [`Journal::unit`] for one command, [`Reader`] for those who read,
//! [`Journal::head`] for who waits. The invariants stand in `migrations/…_journal.sql`, where the database holds
//! them, and are proved from outside by [`verify`].

mod append;
mod cache;
pub mod embedded;
mod error;
mod grouped;
mod head;
mod idempotency;
mod journal;
mod lone;
pub mod merkle;
mod read;
mod recorded;
mod request;
mod snapshot;
mod statement;
mod streams;
mod unit;
pub mod verify;
mod writer;
mod writing;

pub use error::{AppendError, ReadError};
pub use grouped::Grouped;
pub use head::Head;
pub use journal::{Config, Journal};
pub use read::{Direction, Reader, Selection};
pub use recorded::Recorded;
pub use request::{Receipt, Replayed};
pub use snapshot::Snapshots;
pub use streams::StreamId;
pub use unit::Unit;
