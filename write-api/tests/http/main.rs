//! The write side as its clients meet it: real HTTP, a real database.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test ends where its setting does")]

mod app;
mod authorisation;
mod import;
mod leave;
mod logins;
mod outages;
mod passwords;
mod provisioning;
mod readings;
mod roles;
mod secrets;
mod sessions;
