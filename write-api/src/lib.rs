//! The doors that lead to commands.

pub mod import;
