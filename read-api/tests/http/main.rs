//! Reads over real HTTP: a server on port 0, a real database, events appended through the journal and shown by the
//! real runner.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests fail by panicking")]

mod accounts;
mod authorization;
mod bad_input;
mod entries;
mod freshness;
mod leave;
mod operations;
mod streams;
mod world;
