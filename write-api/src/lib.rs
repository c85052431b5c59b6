//! The doors that lead to commands: HTTP, and files.
//!
//! ```text
//!  POST /v1/… ─▶ Who, Command ─▶ handler ─▶ commands::Execution ─▶ journal
//!  a file     ─▶ import       ─▶     "
//! ```
//!
//! A handler parses, executes, answers; what branches is decided in `commands`. Beside the journal stand the secrets
//! and the sessions (`access`), which are no history. [`account`] holds the login: how three strikes are three.

mod access;
pub mod account;
mod acting;
mod api;
pub mod audit;
mod config;
pub mod import;
pub mod leave;
mod problems;
mod router;
mod seal;
mod words;

pub use access::Grants;
pub use api::{OpenError, WriteApi};
pub use config::Config;
pub use problems::{KINDS, UNREADABLE_FILE};
pub use router::{openapi, router};
