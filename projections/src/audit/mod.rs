//! The history of accounts and of leave, as auditors read it, and who read what of it.

mod actor;
pub mod attempts;
pub mod proof_readings;
pub mod readings;
pub mod simulation;
pub mod trail;
