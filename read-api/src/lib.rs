//! The doors that lead to projections.

pub mod audit;
