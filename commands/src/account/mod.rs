//! Accounts: provisioned, opened with a secret, suspended at the third failure, reactivated, given roles.
//!
//! **Three means three.** A login is two commands, and the password is compared between them:
//! 1. [`AttemptLogin`] takes a slot, by an append that holds only if nobody else wrote to the stream meanwhile;
//! 2. the caller compares, and only before [`State::slot_until`];
//! 3. [`RecordLoginOutcome`] closes the slot.
//!
//! Failures and open slots together never exceed the limit, so that however many guesses arrive at once, on however
//! many nodes, no more are compared than three consecutive failures allow. `tests/three_strikes_model.rs` explores
//! this exhaustively. The same holds for a name that no account has: on its stream, only these two commands work.

mod attempt_login;
mod grant_role;
mod issue_initial_code;
#[cfg(test)]
mod laws;
mod lockout_policy;
mod log_out;
mod provision_account;
mod reactivate_account;
mod record_login_outcome;
mod refusal;
mod revoke_role;
#[cfg(test)]
mod samples;
mod set_personal_password;
mod state;

pub use attempt_login::{AttemptLogin, Patience};
pub use grant_role::GrantRole;
pub use issue_initial_code::IssueInitialCode;
pub use lockout_policy::{InvalidLockoutPolicy, LockoutPolicy};
pub use log_out::LogOut;
pub use provision_account::ProvisionAccount;
pub use reactivate_account::ReactivateAccount;
pub use record_login_outcome::{LoginOutcome, RecordLoginOutcome};
pub use refusal::AccountRefusal;
pub use revoke_role::RevokeRole;
pub use set_personal_password::SetPersonalPassword;
pub use state::{Credential, State};

use crate::command::command_enum;
use esrs::Aggregate;
use events::DomainEvent;
use events::account::AccountEvent;
use journal::Snapshots;

/// The account of a municipal agent, or what stands for a name that no account has.
#[derive(Clone, Copy, Debug)]
pub struct Account;

command_enum! {
    /// What may be asked of an account.
    AccountCommand {
        ProvisionAccount,
        IssueInitialCode,
        SetPersonalPassword,
        AttemptLogin,
        RecordLoginOutcome,
        LogOut,
        ReactivateAccount,
        GrantRole,
        RevokeRole,
    }
}

impl Aggregate for Account {
    const NAME: &'static str = AccountEvent::STREAM;
    type State = State;
    type Command = AccountCommand;
    type Event = AccountEvent;
    type Error = AccountRefusal;

    fn handle_command(state: &State, command: AccountCommand) -> Result<Vec<AccountEvent>, AccountRefusal> {
        match command {
            AccountCommand::ProvisionAccount(command) => provision_account::decide(state, command),
            AccountCommand::IssueInitialCode(command) => issue_initial_code::decide(state, command),
            AccountCommand::SetPersonalPassword(command) => set_personal_password::decide(state, command),
            AccountCommand::AttemptLogin(command) => attempt_login::decide(state, command),
            AccountCommand::RecordLoginOutcome(command) => record_login_outcome::decide(state, command),
            AccountCommand::LogOut(command) => log_out::decide(state, command),
            AccountCommand::ReactivateAccount(command) => reactivate_account::decide(state, command),
            AccountCommand::GrantRole(command) => grant_role::decide(state, command),
            AccountCommand::RevokeRole(command) => revoke_role::decide(state, command),
        }
    }

    fn apply_event(state: State, event: AccountEvent) -> State {
        state.after(event)
    }
}

impl Snapshots for Account {
    const FOLD: i32 = State::FOLD;
}
