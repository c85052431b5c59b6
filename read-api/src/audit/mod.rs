//! The audit trail, as auditors read it under a declared reading; and pictures of it.

pub(crate) mod list_entries;
pub(crate) mod show_reading;
pub(crate) mod show_timeline;
pub(crate) mod stream_entries;
pub mod timeline;
pub(crate) mod trail_entry;
pub mod what_if;

mod matching;
mod own_proof_reading;
mod own_reading;

pub(crate) use matching::matches;
pub(crate) use own_proof_reading::own_proof_reading;
pub(crate) use own_reading::{Readings, declared};
