use events::leave::Counter;
use serde::{Deserialize, Serialize};

use crate::quantity::HalfDays;

/// A gift of days that the agent declared, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeclaredGift {
    /// It has reached nobody yet.
    Waiting {
        /// From which counter.
        counter: Counter,
        /// How much.
        half_days: HalfDays,
    },
    /// A colleague has it, for good.
    Given,
    /// The agent took it back.
    Withdrawn,
}

impl DeclaredGift {
    /// As clients see it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::Given => "given",
            Self::Withdrawn => "withdrawn",
        }
    }
}
