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
mod training;
mod working_time;
pub mod world;
