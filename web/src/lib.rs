//! The HTTP dialect that both APIs speak: problems, sessions, positions, pages, limits.
//!
//! A thing is here only if both APIs need it and a client can see it. [`stack::dress`] puts the layers
//! around a router; the extractors of the other modules turn what a client sent into typed values or into a
//! [`Problem`], the only error that becomes a response.

mod accept;
pub mod at_least;
pub mod body;
pub mod command;
pub mod cookie;
pub mod csrf;
pub mod csv;
pub mod date;
mod edge;
mod explain;
pub mod format;
mod gate;
pub mod idempotency;
pub mod kinds;
pub mod language;
pub mod ndjson;
pub mod openapi;
pub mod page;
mod parameters;
pub mod path;
pub mod position;
pub mod precondition;
pub mod problem;
pub mod problem_pages;
pub mod query;
pub mod rate;
pub mod session;
pub mod source;
pub mod sse;
pub mod stack;
pub mod token;
pub mod trace;

pub use body::ValidJson;
pub use events::counted;
pub use explain::{Expected, expectation, explained};
pub use kinds::KINDS;
pub use language::{Language, Text};
pub use problem::{Field, Kind, Problem};
pub use stack::Config;
