//! Ledgers and balances: what an agent has on a date, and what a leave would take.

#![expect(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

mod carry_over;
mod departure;
mod quotes;
mod rights;
mod savings;
mod snapshots;
mod unfounded;
mod world;
