//! The whole, from outside: the real program, a real PostgreSQL, real HTTP.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test ends at what it did not expect"
)]

mod accounts;
mod audit;
mod contract;
mod demo;
mod history;
mod leave;
mod lifecycle;
mod lockout;
mod order;
mod private;
mod process;
mod proofs;
mod telemetry;
mod vault;
mod wire;
