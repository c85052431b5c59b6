//! What a key is for.

use crate::{Month, Period};
use uuid::Uuid;

/// What sealed data is kept for: each purpose has its retention, and its own key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Who somebody is: names, staff number. Kept while the account lives.
    Identity,
    /// Where logins came from. Kept by the month, 6 to 12 of them (CNIL, délibération 2021-122).
    Security,
    /// What somebody wrote: motives.
    Words,
    /// What is medical, and proofs that were attached.
    Health,
}

impl Purpose {
    /// The stored name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Security => "security",
            Self::Words => "words",
            Self::Health => "health",
        }
    }

    /// The stored names of what ends with a period of this purpose: tags tell sources apart, and occasions motives, for
    /// as long as these themselves can be opened.
    pub(crate) const fn with_dependents(self) -> &'static [&'static str] {
        match self {
            Self::Identity => &["identity"],
            Self::Security => &["security", SOURCE_TAG],
            Self::Words => &["words", OCCASION],
            Self::Health => &["health"],
        }
    }
}

/// The purpose of the vault's own keys that source tags are made with, one a month.
pub(crate) const SOURCE_TAG: &str = "source-tag";
/// The purpose of the keys of agents that tell apart what their special absences are for.
const OCCASION: &str = "occasion";
const NAME_INDEX: &str = "name-index";

/// Whose key it is, and for what: there is one living key for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Owner {
    pub(crate) subject: Uuid,
    pub(crate) purpose: &'static str,
    pub(crate) period: Period,
}

impl Owner {
    /// The vault's own key that pseudonyms are made with.
    pub(crate) const NAME_INDEX: Self = Self { subject: Uuid::nil(), purpose: NAME_INDEX, period: Period::Always };

    pub(crate) const fn sealing(subject: Uuid, purpose: Purpose, period: Period) -> Self {
        Self { subject, purpose: purpose.as_str(), period }
    }

    /// The key that tells apart what the special absences of an agent are for.
    pub(crate) const fn occasion(agent: Uuid) -> Self {
        Self { subject: agent, purpose: OCCASION, period: Period::Always }
    }

    /// The vault's own key that the source tags of a month are made with.
    pub(crate) const fn source_tag(month: Month) -> Self {
        Self { subject: Uuid::nil(), purpose: SOURCE_TAG, period: Period::Month(month) }
    }
}
