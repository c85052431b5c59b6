//! The doors that lead to projections.
