//! Usernames: each stands on a stream of its own, so that of two accounts that want it at once exactly one wins.

mod assign_username;

pub use assign_username::AssignUsername;

use crate::command::command_enum;
use esrs::Aggregate;
use events::username::UsernameEvent;
use events::{AccountId, DomainEvent};
use journal::Snapshots;
use serde::{Deserialize, Serialize};

/// The assignment of one username. Its stream stands under the keyed pseudonym of the name.
#[derive(Clone, Copy, Debug)]
pub struct UsernameAssignment;

command_enum! {
    /// What may be asked of a username.
    UsernameCommand { AssignUsername }
}

/// What decisions about a username are taken on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    account: Option<AccountId>,
}

impl State {
    /// The version of the fold; a snapshot taken under another is ignored.
    pub const FOLD: i32 = 1;

    /// The account that the name belongs to.
    #[must_use]
    pub const fn account(&self) -> Option<AccountId> {
        self.account
    }
}

/// Why a username was not assigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsernameRefusal {
    /// A username is never assigned twice, not even to the same account.
    #[error("the username belongs to account {by}")]
    UsernameTaken {
        /// The account that has it.
        by: AccountId,
    },
}

impl Aggregate for UsernameAssignment {
    const NAME: &'static str = UsernameEvent::STREAM;
    type State = State;
    type Command = UsernameCommand;
    type Event = UsernameEvent;
    type Error = UsernameRefusal;

    fn handle_command(state: &State, command: UsernameCommand) -> Result<Vec<UsernameEvent>, UsernameRefusal> {
        match command {
            UsernameCommand::AssignUsername(command) => assign_username::decide(state, command),
        }
    }

    fn apply_event(_: State, event: UsernameEvent) -> State {
        match event {
            UsernameEvent::UsernameAssigned { account } => State { account: Some(account) },
        }
    }
}

impl Snapshots for UsernameAssignment {
    const FOLD: i32 = State::FOLD;
}
