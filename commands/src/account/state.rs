//! What decisions about an account are taken on.

use super::AccountRefusal;
use chrono::{DateTime, Utc};
use events::account::{AccountEvent, Role};
use events::{AttemptId, CredentialId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An account as its events leave it. The default is a name that no account has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// None until the account is provisioned, and one ever after.
    credential: Option<Credential>,
    roles: BTreeSet<Role>,
    failures: u8,
    slots: Vec<Slot>,
    suspended: bool,
}

/// The one secret that opens an account at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Credential {
    /// The code that was handed out; whoever logs in with it must set a personal password.
    InitialCode(CredentialId),
    /// The agent's own password.
    PersonalPassword(CredentialId),
}

impl Credential {
    /// The secret, of whichever kind.
    #[must_use]
    pub const fn id(self) -> CredentialId {
        match self {
            Self::InitialCode(id) | Self::PersonalPassword(id) => id,
        }
    }
}

/// The right of one attempt to have its password compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Slot {
    pub(super) attempt: AttemptId,
    pub(super) until: DateTime<Utc>,
}

impl State {
    /// The version of the fold; a snapshot taken under another is ignored.
    pub const FOLD: i32 = 1;

    /// The secret to compare with; none for a name that no account has.
    #[must_use]
    pub const fn credential(&self) -> Option<Credential> {
        self.credential
    }

    /// The roles held.
    #[must_use]
    pub const fn roles(&self) -> &BTreeSet<Role> {
        &self.roles
    }

    /// Whose part it is to hand out an initial code: human resources for agents and managers, administrators for whoever
    /// holds a role above, whom a code must not let human resources become.
    #[must_use]
    pub fn issuer(&self) -> Role {
        let above = |role: &Role| !matches!(role, Role::Agent | Role::Manager);
        if self.roles.iter().any(above) { Role::Administrator } else { Role::Hr }
    }

    /// Consecutive failures.
    #[must_use]
    pub const fn failures(&self) -> u8 {
        self.failures
    }

    /// Whether no password is compared until the account is reactivated.
    #[must_use]
    pub const fn is_suspended(&self) -> bool {
        self.suspended
    }

    /// Until when this attempt's password may be compared; none when it holds no slot.
    #[must_use]
    pub fn slot_until(&self, attempt: AttemptId) -> Option<DateTime<Utc>> {
        self.slots.iter().find(|slot| slot.attempt == attempt).map(|slot| slot.until)
    }

    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    pub(super) const fn provisioned(&self) -> Result<(), AccountRefusal> {
        if self.credential.is_some() { Ok(()) } else { Err(AccountRefusal::NotProvisioned) }
    }

    pub(super) const fn not_provisioned(&self) -> Result<(), AccountRefusal> {
        if self.credential.is_none() { Ok(()) } else { Err(AccountRefusal::AlreadyProvisioned) }
    }

    pub(super) fn after(mut self, event: AccountEvent) -> Self {
        match event {
            AccountEvent::AccountProvisioned { initial_code, .. } => {
                self.credential = Some(Credential::InitialCode(initial_code));
                self.roles.insert(Role::Agent);
            }
            AccountEvent::InitialCodeIssued { initial_code } => {
                self.credential = Some(Credential::InitialCode(initial_code));
            }
            AccountEvent::PersonalPasswordSet { password } => {
                self.credential = Some(Credential::PersonalPassword(password));
            }
            AccountEvent::LoginAttempted { attempt, slot_until, .. } => {
                self.slots.push(Slot { attempt, until: slot_until });
            }
            AccountEvent::LoginSucceeded { attempt, .. } => {
                self.close_slot(attempt);
                self.failures = 0;
            }
            AccountEvent::LoginFailed { attempt, .. } => {
                self.close_slot(attempt);
                self.failures = self.failures.saturating_add(1);
            }
            AccountEvent::AccountSuspended { .. } => {
                self.suspended = true;
                self.slots.clear();
            }
            AccountEvent::AccountReactivated { .. } => {
                self.suspended = false;
                self.failures = 0;
            }
            AccountEvent::RoleGranted { role } => {
                self.roles.insert(role);
            }
            AccountEvent::RoleRevoked { role } => {
                self.roles.remove(&role);
            }
            AccountEvent::LoginRefused { .. } | AccountEvent::LoggedOut { .. } => {}
        }
        self
    }

    fn close_slot(&mut self, attempt: AttemptId) {
        self.slots.retain(|slot| slot.attempt != attempt);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::samples::{attempt, attempted, credential, failed, provisioned};
    use events::account::LoginFailure;
    use serde_json::json;

    /// Whoever has to change this changes [`State::FOLD`] too: snapshots of the old fold are still about.
    #[test]
    fn a_snapshot_under_this_fold() {
        let events = [provisioned(), attempted(1, 30), failed(1, LoginFailure::WrongPassword), attempted(2, 40)];
        let state = events.into_iter().fold(State::default(), State::after);

        assert_eq!(State::FOLD, 1);
        assert_eq!(
            serde_json::to_value(state).unwrap(),
            json!({
                "credential": {"InitialCode": credential(1)},
                "roles": ["agent"],
                "failures": 1,
                "slots": [{"attempt": attempt(2), "until": "1970-01-01T00:00:40Z"}],
                "suspended": false,
            })
        );
    }
}
