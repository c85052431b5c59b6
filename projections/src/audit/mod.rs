//! The audit trail: what auditors read, and ask of it.

pub mod simulation;
