//! The law as it was loaded: which rules decisions were taken under, and when they began to be.

use crate::hexadecimal::hexadecimal;
use crate::{DomainEvent, EventName};
use serde::{Deserialize, Serialize};
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

hexadecimal! {
    /// The version of a set of rules: the SHA-256 of its content, comments and layout left out. Public holidays are rules,
    /// so that it names the calendar too.
    RulesVersion(32), "a version of rules is 64 lower-case hexadecimal digits"
}
