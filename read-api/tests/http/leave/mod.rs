//! Leave as each sees it.

mod balances;
mod calendar;
mod departures;
mod feeds;
pub mod matrix;
mod notices;
mod offices;
mod proofs;
mod requests;
pub mod world;
