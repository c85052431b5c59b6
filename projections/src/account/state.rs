//! What is shown of an account, folded from its own events.
//!
//! A fold of its own beside the one that decisions are taken on: this one tells when, and keeps nothing that only a
//! decision needs.

use chrono::{DateTime, Utc};
use events::CredentialId;
use events::account::{AccountEvent, Role};
use serde::Serialize;
use std::collections::BTreeSet;
use std::str::FromStr;

/// What may be done with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Its owner has an initial code and has not set a password yet.
    Provisioned,
    /// Its owner logs in with a password of his own.
    Active,
    /// Nobody logs in until the administration reactivates it.
    Suspended,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Provisioned, Self::Active, Self::Suspended];

    /// The name in columns and addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Provisioned => "provisioned",
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
}

/// A text that names no status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a status is one of provisioned, active, suspended")]
pub struct UnknownStatus;

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(name: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == name).ok_or(UnknownStatus)
    }
}

/// An account, or a name that no account has, as its events leave it. The default is one without events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Since when there is an account; none for a name that no account has.
    pub provisioned_at: Option<DateTime<Utc>>,
    /// Whether its owner has a password of his own.
    pub personal_password: bool,
    /// The secret in force; none for a name that no account has.
    pub credential: Option<CredentialId>,
    /// Since when it is.
    pub credential_since: Option<DateTime<Utc>>,
    /// What its owner may do.
    pub roles: BTreeSet<Role>,
    /// Failed attempts since the last success or reactivation.
    pub failures: u8,
    /// The last success.
    pub last_login: Option<DateTime<Utc>>,
    /// Since when no password is compared.
    pub suspended_since: Option<DateTime<Utc>>,
}

impl State {
    /// What may be done with it; a name that no account has is active until it is suspended.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self {
            Self { suspended_since: Some(_), .. } => Status::Suspended,
            Self { provisioned_at: Some(_), personal_password: false, .. } => Status::Provisioned,
            _ => Status::Active,
        }
    }

    /// Takes note of an event that happened at `at`.
    pub fn note(&mut self, event: &AccountEvent, at: DateTime<Utc>) {
        match event {
            AccountEvent::AccountProvisioned { initial_code, .. } => {
                self.provisioned_at = Some(at);
                self.roles.insert(Role::Agent);
                self.comes_into_force(*initial_code, at);
            }
            AccountEvent::InitialCodeIssued { initial_code } => {
                self.personal_password = false;
                self.comes_into_force(*initial_code, at);
            }
            AccountEvent::PersonalPasswordSet { password } => {
                self.personal_password = true;
                self.comes_into_force(*password, at);
            }
            AccountEvent::LoginSucceeded { .. } => {
                self.failures = 0;
                self.last_login = Some(at);
            }
            AccountEvent::LoginFailed { .. } => self.failures = self.failures.saturating_add(1),
            AccountEvent::AccountSuspended { failures } => {
                self.failures = *failures;
                self.suspended_since = Some(at);
            }
            AccountEvent::AccountReactivated { .. } => {
                self.failures = 0;
                self.suspended_since = None;
            }
            AccountEvent::RoleGranted { role } => {
                self.roles.insert(*role);
            }
            AccountEvent::RoleRevoked { role } => {
                self.roles.remove(role);
            }
            AccountEvent::LoginAttempted { .. }
            | AccountEvent::LoginRefused { .. }
            | AccountEvent::LoggedOut { .. } => {}
        }
    }

    const fn comes_into_force(&mut self, credential: CredentialId, at: DateTime<Utc>) {
        self.credential = Some(credential);
        self.credential_since = Some(at);
    }
}
