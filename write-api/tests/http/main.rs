//! The write side as its clients meet it: real HTTP, a real database.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test ends where its setting does")]

mod app;
mod logins;
mod provisioning;
