//! Accounts: who may log in, every attempt to, and what came of it.
//!
//! The same vocabulary serves the names that no account has: their stream stands under a keyed pseudonym of the
//! name and holds attempts alone, so that a stranger meets the same behaviour and the auditor the same history.

use crate::{AttemptId, Capacity, CredentialId, DomainEvent, EventName, Sealed, SessionId, Source};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What has happened to an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum AccountEvent {
    /// Human resources opened an account. The agent holds the role [`Role::Agent`] from here on.
    AccountProvisioned {
        /// The name to log in with.
        username: Sealed<String>,
        /// First name.
        given_name: Sealed<String>,
        /// Last name.
        family_name: Sealed<String>,
        /// The number in the HR system, if it is known.
        staff_number: Option<Sealed<String>>,
        /// The initial code that the first login is made with.
        initial_code: CredentialId,
    },
    /// A new initial code was handed out; the earlier one no longer opens the account.
    InitialCodeIssued {
        /// The code now in force.
        initial_code: CredentialId,
    },
    /// The agent replaced the initial code, or his earlier password, with a password of his own.
    PersonalPasswordSet {
        /// The password now in force.
        password: CredentialId,
    },
    /// An attempt took a slot; only now may its password be compared.
    LoginAttempted {
        /// The attempt.
        attempt: AttemptId,
        /// Where it came from.
        source: Source,
        /// Until when the slot waits for its outcome; without one by then it counts as a failure.
        slot_until: DateTime<Utc>,
    },
    /// The password compared was right.
    LoginSucceeded {
        /// The attempt.
        attempt: AttemptId,
        /// The session that it opened; none for a log of another system.
        session: Option<SessionId>,
    },
    /// The password compared was wrong, or there was none to compare with.
    LoginFailed {
        /// The attempt.
        attempt: AttemptId,
        /// Why.
        reason: LoginFailure,
    },
    /// An attempt was turned away without comparing its password.
    LoginRefused {
        /// The attempt.
        attempt: AttemptId,
        /// Where it came from.
        source: Source,
        /// Why.
        reason: LoginRefusal,
        /// What the system that wrote the log had answered; none at our own door.
        reported: Option<Verdict>,
    },
    /// Too many consecutive failures: no password is compared until the account is reactivated.
    AccountSuspended {
        /// The consecutive failures, slots without outcome among them.
        failures: u8,
    },
    /// The administration lifted a suspension; the count starts again at zero.
    AccountReactivated {
        /// Why, in the administrator's words.
        motive: Sealed<String>,
    },
    /// A role was given.
    RoleGranted {
        /// The role.
        role: Role,
    },
    /// A role was taken.
    RoleRevoked {
        /// The role.
        role: Role,
    },
    /// A session was ended by its owner.
    LoggedOut {
        /// The session.
        session: SessionId,
    },
}

impl DomainEvent for AccountEvent {
    const STREAM: &'static str = "account";

    const KINDS: &'static [(EventName, i16)] = &[
        ("AccountProvisioned", 1),
        ("InitialCodeIssued", 1),
        ("PersonalPasswordSet", 1),
        ("LoginAttempted", 1),
        ("LoginSucceeded", 1),
        ("LoginFailed", 1),
        ("LoginRefused", 1),
        ("AccountSuspended", 1),
        ("AccountReactivated", 1),
        ("RoleGranted", 1),
        ("RoleRevoked", 1),
        ("LoggedOut", 1),
    ];

    fn name(&self) -> EventName {
        match self {
            Self::AccountProvisioned { .. } => "AccountProvisioned",
            Self::InitialCodeIssued { .. } => "InitialCodeIssued",
            Self::PersonalPasswordSet { .. } => "PersonalPasswordSet",
            Self::LoginAttempted { .. } => "LoginAttempted",
            Self::LoginSucceeded { .. } => "LoginSucceeded",
            Self::LoginFailed { .. } => "LoginFailed",
            Self::LoginRefused { .. } => "LoginRefused",
            Self::AccountSuspended { .. } => "AccountSuspended",
            Self::AccountReactivated { .. } => "AccountReactivated",
            Self::RoleGranted { .. } => "RoleGranted",
            Self::RoleRevoked { .. } => "RoleRevoked",
            Self::LoggedOut { .. } => "LoggedOut",
        }
    }
}

/// Why a compared attempt failed. The stranger is told none of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoginFailure {
    /// The password did not match.
    WrongPassword,
    /// No account has this name; a password was compared all the same, in the same time.
    UnknownName,
    /// The slot was taken and no outcome came in time: a process died between the two.
    Abandoned,
}

impl LoginFailure {
    /// The stored name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WrongPassword => "wrong-password",
            Self::UnknownName => "unknown-name",
            Self::Abandoned => "abandoned",
        }
    }
}

/// Why an attempt was turned away before its password was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoginRefusal {
    /// The account is suspended.
    Suspended,
    /// Every slot was taken by an attempt still under way for longer than a caller is kept waiting.
    Busy,
}

impl LoginRefusal {
    /// The stored name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Suspended => "suspended",
            Self::Busy => "busy",
        }
    }
}

/// What another system answered to an attempt that its log reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It let the attempt in.
    Accepted,
    /// It turned the attempt away.
    Failed,
}

/// What an account is allowed to do, beside what every agent may do for himself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Sees and does what is his own.
    Agent,
    /// Validates the leave of a unit.
    Manager,
    /// Provisions accounts, keeps the HR file.
    Hr,
    /// Reads medical proofs.
    HrHealth,
    /// Reads the audit trail.
    Auditor,
    /// Reactivates accounts, grants and revokes roles.
    Administrator,
    /// Answers for personal data.
    DataProtection,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 7] = [
        Self::Agent,
        Self::Manager,
        Self::Hr,
        Self::HrHealth,
        Self::Auditor,
        Self::Administrator,
        Self::DataProtection,
    ];

    /// The capacity in which the holder of this role acts.
    #[must_use]
    pub const fn capacity(self) -> Capacity {
        match self {
            Self::Agent => Capacity::Agent,
            Self::Manager => Capacity::Manager,
            Self::Hr => Capacity::Hr,
            Self::HrHealth => Capacity::HrHealth,
            Self::Auditor => Capacity::Auditor,
            Self::Administrator => Capacity::Administrator,
            Self::DataProtection => Capacity::DataProtection,
        }
    }

    /// The stored name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.capacity().as_str()
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a role is one of agent, manager, hr, hr-health, auditor, administrator, data-protection")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(name: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == name).ok_or(UnknownRole)
    }
}
