//! What may happen: one module an aggregate, one file a command, each with its pure decision.
//!
//! A decision reads the folded state of one stream and the command, nothing else: no clock, no database, no read
//! model. What it needs to know of elsewhere is looked up by the caller and stands in the command.

pub mod absence_ledger;
pub mod account;
pub mod audit;
pub mod calendar_feed;
mod command;
mod contention;
pub mod delegation;
pub mod employment;
mod execute;
mod law;
pub mod projection;
pub mod rule_set;
#[cfg(test)]
mod specification;
pub mod unit;
pub mod username;
pub mod vault;

pub use execute::{Executed, Execution, NotExecuted};
pub use law::Law;
