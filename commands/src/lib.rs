//! What may happen: one module an aggregate, one file a command, each with its pure decision.
//!
//! A decision reads the folded state of one stream and the command, nothing else: no clock, no database, no read
//! model. What it needs to know of elsewhere is looked up by the caller and stands in the command.

pub mod account;
pub mod audit;
mod command;
mod execute;
pub mod projection;
#[cfg(test)]
mod specification;
pub mod username;

pub use execute::{Executed, Execution, NotExecuted};
