//! Delegations: somebody decides in another's place, from one day to another, for some of it, until taken back.

mod grant_delegation;
mod revoke_delegation;

pub use grant_delegation::{GrantDelegation, check_scope};
pub use revoke_delegation::RevokeDelegation;

use crate::command::command_enum;
use chrono::{DateTime, NaiveDate, Utc};
use esrs::Aggregate;
use events::delegation::{DelegationEvent, DelegationScope};
use events::leave::LeaveType;
use events::{AccountId, DomainEvent, UnitId};
use journal::Snapshots;
use serde::{Deserialize, Serialize};

/// One delegation. Its stream stands under its [`events::DelegationId`].
#[derive(Clone, Copy, Debug)]
pub struct Delegation;

command_enum! {
    /// What may be asked of a delegation.
    DelegationCommand { GrantDelegation, RevokeDelegation }
}

/// What decisions about a delegation, or by it, are taken on. The default was never granted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    granted: Option<Granted>,
    revoked: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Granted {
    from: AccountId,
    to: AccountId,
    first: NaiveDate,
    last: NaiveDate,
    scope: DelegationScope,
}

impl State {
    /// The version of the fold; a snapshot taken under another is ignored.
    pub const FOLD: i32 = 1;

    /// In whose place `by` may decide on a request of this unit and type on a day; none when he may not.
    #[must_use]
    pub fn lets_decide(
        &self,
        by: AccountId,
        on: NaiveDate,
        unit: Option<UnitId>,
        leave_type: LeaveType,
    ) -> Option<AccountId> {
        let granted = self.granted.as_ref().filter(|_| self.revoked.is_none())?;
        let holds = granted.to == by && (granted.first..=granted.last).contains(&on);
        (holds && granted.scope.covers(unit, leave_type)).then_some(granted.from)
    }
}

/// Why nothing was done to a delegation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DelegationRefusal {
    /// It was granted before.
    #[error("the delegation was granted already")]
    AlreadyGranted,
    /// What is decided by role is not delegated to who has not the role.
    #[error("what human resources decide comes with their role: the delegate must hold it")]
    OfARole,
    /// Nobody decides in his own place.
    #[error("nobody delegates to himself")]
    ToOneself,
    /// The last day lies before the first.
    #[error("the last day lies before the first")]
    Reversed,
    /// It is over before it begins.
    #[error("the last day is past")]
    Past,
    /// More units or types than are ever delegated at once.
    #[error("`{field}` holds at most {most}")]
    TooWide {
        /// Which: `units` or `types`.
        field: &'static str,
        /// The most.
        most: usize,
    },
    /// Longer than a delegation lasts.
    #[error("a delegation lasts at most {most_days} days")]
    TooLong {
        /// The longest.
        most_days: i64,
    },
    /// It was never granted.
    #[error("there is no such delegation")]
    Unknown,
    /// Only he who granted it takes it back, or human resources.
    #[error("a delegation is taken back by who granted it, or by human resources")]
    NotYours,
    /// It was taken back before.
    #[error("the delegation was taken back already")]
    AlreadyRevoked,
}

impl Aggregate for Delegation {
    const NAME: &'static str = DelegationEvent::STREAM;
    type State = State;
    type Command = DelegationCommand;
    type Event = DelegationEvent;
    type Error = DelegationRefusal;

    fn handle_command(state: &State, command: DelegationCommand) -> Result<Vec<DelegationEvent>, DelegationRefusal> {
        match command {
            DelegationCommand::GrantDelegation(command) => grant_delegation::decide(state, command),
            DelegationCommand::RevokeDelegation(command) => revoke_delegation::decide(state, command),
        }
    }

    fn apply_event(state: State, event: DelegationEvent) -> State {
        match event {
            DelegationEvent::DelegationGranted { from, to, first, last, scope } => {
                State { granted: Some(Granted { from, to, first, last, scope }), ..state }
            }
            DelegationEvent::DelegationRevoked { at } => State { revoked: Some(at), ..state },
        }
    }
}

impl Snapshots for Delegation {
    const FOLD: i32 = State::FOLD;
}
