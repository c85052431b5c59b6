//! Projections on a real PostgreSQL: given events, then rows, whatever crashes.

mod given;
mod models;
mod rebuilds;
mod runners;
mod throughput;
mod waits;
