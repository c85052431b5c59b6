//! Accounts: one's own, the overview of all, and how one was.

pub(crate) mod account_row;
pub(crate) mod list_accounts;
pub(crate) mod list_security_history;
pub(crate) mod show_account;
pub(crate) mod show_account_state;
pub(crate) mod show_me;
pub(crate) mod tags;
