//! The doors that lead from projections to HTTP.
//!
//! ```text
//!  GET /v1/… ─▶ Who, AtLeast ─▶ handler ─▶ queries of projections ─▶ vault opens ─▶ answer
//!                                  │
//!              live: one tail of the trail a process, one watch over sessions, any number of event streams
//! ```
//!
//! A handler says who may ask, waits until what it shows is at the position asked for, reads, answers. Nothing here
//! can write: the pool is of the reader's role. Each slice has one file an endpoint.

mod account;
mod answer;
mod api;
pub mod audit;
mod config;
mod freshness;
mod health;
mod leave;
mod listing;
mod live;
mod opening;
mod problems;
pub mod projection;
mod router;
mod sessions;
mod who;

pub use api::ReadApi;
pub use config::Config;
pub use health::show_ready::READY_WITHIN;
pub use problems::{ERASED, KINDS, READING_NOT_DECLARED};
pub use router::{openapi, router};
