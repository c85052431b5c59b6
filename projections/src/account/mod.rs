//! Accounts as administrators, their owners and auditors see them.

pub mod accounts;
pub mod as_of;
pub mod state;
