//! What is recorded with each event beside the fact itself.

use crate::{AccountId, CorrelationId, EventId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "id")]
pub enum Actor {
    /// A signed-in agent.
    Account(AccountId),
    /// Somebody who has not proved who he is: an attempt to log in.
    Anonymous,
    /// The portal itself: an import, a reaction, the command line.
    Service,
}

impl Actor {
    /// The account that acts, if one does.
    #[must_use]
    pub const fn account(&self) -> Option<AccountId> {
        match self {
            Self::Account(id) => Some(*id),
            Self::Anonymous | Self::Service => None,
        }
    }
}

/// In which capacity somebody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capacity {
    /// For himself.
    Agent,
    /// As the manager of a unit.
    Manager,
    /// As human resources.
    Hr,
    /// As the health officers of human resources, who alone read medical proofs.
    HrHealth,
    /// As auditor of the security history.
    Auditor,
    /// As administrator of accounts.
    Administrator,
    /// As data protection officer.
    DataProtection,
    /// As somebody unknown.
    Stranger,
    /// As operator of the command line.
    Operator,
    /// As the portal.
    System,
}

impl Capacity {
    const NAMES: &'static [(Self, &'static str)] = &[
        (Self::Agent, "agent"),
        (Self::Manager, "manager"),
        (Self::Hr, "hr"),
        (Self::HrHealth, "hr-health"),
        (Self::Auditor, "auditor"),
        (Self::Administrator, "administrator"),
        (Self::DataProtection, "data-protection"),
        (Self::Stranger, "stranger"),
        (Self::Operator, "operator"),
        (Self::System, "system"),
    ];

    /// The stored name.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        Self::NAMES.iter().find(|(capacity, _)| capacity == self).map_or("system", |(_, name)| name)
    }

    /// The capacity of this stored name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(capacity, _)| *capacity)
    }
}

/// The client's `Idempotency-Key`: 1 to 128 printable ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdempotencyKey(String);

/// A text that is not an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key has 1 to 128 printable ASCII characters")]
pub struct InvalidIdempotencyKey;

impl IdempotencyKey {
    /// The text of the key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for IdempotencyKey {
    type Error = InvalidIdempotencyKey;

    fn try_from(text: String) -> Result<Self, InvalidIdempotencyKey> {
        let printable = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        if printable && (1..=128).contains(&text.len()) { Ok(Self(text)) } else { Err(InvalidIdempotencyKey) }
    }
}

impl FromStr for IdempotencyKey {
    type Err = InvalidIdempotencyKey;

    fn from_str(text: &str) -> Result<Self, InvalidIdempotencyKey> {
        text.to_owned().try_into()
    }
}

impl From<IdempotencyKey> for String {
    fn from(key: IdempotencyKey) -> Self {
        key.0
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A promise that the same request, sent again, is answered with its first outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// The client's key, unique for its actor.
    pub key: IdempotencyKey,
    /// SHA-256 of the request: the same key with another request is refused.
    pub fingerprint: [u8; 32],
    /// What the first answer said beside its position, to say it again: JSON without secrets.
    pub outcome: Vec<u8>,
}

/// Everything that is recorded with the events of one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Who acts.
    pub actor: Actor,
    /// In which capacity.
    pub capacity: Capacity,
    /// When it happened: now for a request, the line's own time for a log that is imported.
    pub occurred_at: DateTime<Utc>,
    /// What belongs together.
    pub correlation: CorrelationId,
    /// The event that this command follows from.
    pub causation: Option<EventId>,
    /// The trace of W3C Trace Context that this command is part of.
    pub trace: Option<[u8; 16]>,
    /// The client's key, if it sent one.
    pub idempotency: Option<Idempotency>,
}

impl Metadata {
    /// Metadata of a command that starts something new at `occurred_at`.
    #[must_use]
    pub fn new(actor: Actor, capacity: Capacity, occurred_at: DateTime<Utc>) -> Self {
        Self {
            actor,
            capacity,
            occurred_at,
            correlation: CorrelationId::new(),
            causation: None,
            trace: None,
            idempotency: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_key_reads_back(text in "[ -~]{1,128}") {
            let key: IdempotencyKey = text.parse().unwrap();
            prop_assert_eq!(key.as_str(), &text);
            prop_assert_eq!(serde_json::from_value::<IdempotencyKey>(serde_json::to_value(&key).unwrap()).unwrap(), key);
        }

        #[test]
        fn what_is_no_key_is_refused(text in "\\PC{0,140}") {
            let printable = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
            prop_assert_eq!(text.parse::<IdempotencyKey>().is_ok(), printable && (1..=128).contains(&text.len()));
        }
    }
}
