//! Projections on a real PostgreSQL: given events, then rows, whatever crashes.

#![expect(clippy::unwrap_used, reason = "what a test is given may fail it")]

mod given;
mod leave;
mod models;
mod poison;
mod rebuilds;
mod runners;
mod waits;
