//! The law as it was loaded: which rules decisions were taken under, and when they began to be.

use crate::{DomainEvent, EventName};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// What has happened to the rules of leave. There is one stream of them: [`RuleSetEvent::stream`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum RuleSetEvent {
    /// From here on, decisions are taken under these rules. Their files are in the event, so that the journal alone
    /// tells what the law was held to be at any instant.
    RuleSetActivated {
        /// The version, which decisions name.
        version: RulesVersion,
        /// The files, in the order of their names.
        files: Vec<RuleFile>,
    },
}

impl RuleSetEvent {
    /// The stream of the rules.
    #[must_use]
    pub const fn stream() -> Uuid {
        Uuid::from_u128(0x5d0f_3f0a_7c57_4c1e_8a4c_52f0_91d6_3b11)
    }
}

impl DomainEvent for RuleSetEvent {
    const STREAM: &'static str = "rule-set";

    const KINDS: &'static [(EventName, i16)] = &[("RuleSetActivated", 1)];

    fn name(&self) -> EventName {
        match self {
            Self::RuleSetActivated { .. } => "RuleSetActivated",
        }
    }
}

/// One file of rules, as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// Its name.
    pub name: String,
    /// Its content, in TOML.
    pub text: String,
}

/// The version of a set of rules: the SHA-256 of its content, comments and layout left out. Public holidays are rules,
/// so that it names the calendar too.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RulesVersion([u8; 32]);

/// A text that is no version of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a version of rules is 64 lower-case hexadecimal digits")]
pub struct InvalidRulesVersion;

impl RulesVersion {
    /// The version with this hash.
    #[must_use]
    pub const fn new(hash: [u8; 32]) -> Self {
        Self(hash)
    }
}

/// 64 hexadecimal digits.
impl fmt::Display for RulesVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for RulesVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RulesVersion({self})")
    }
}

impl FromStr for RulesVersion {
    type Err = InvalidRulesVersion;

    fn from_str(text: &str) -> Result<Self, InvalidRulesVersion> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).map_err(|_| InvalidRulesVersion)?;
        bytes.try_into().map(Self).map_err(|_| InvalidRulesVersion)
    }
}

impl TryFrom<String> for RulesVersion {
    type Error = InvalidRulesVersion;

    fn try_from(text: String) -> Result<Self, InvalidRulesVersion> {
        text.parse()
    }
}

impl From<RulesVersion> for String {
    fn from(version: RulesVersion) -> Self {
        version.to_string()
    }
}
