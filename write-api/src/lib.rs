//! The doors that lead to commands.
