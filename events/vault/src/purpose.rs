//! What a key is for.

use crate::{Month, Period};
use serde::{Deserialize, Deserializer, Serialize, de};
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

/// The stored name of what some key is for, sealed data or the vault's own work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct StoredPurpose(pub(crate) &'static str);

impl StoredPurpose {
    /// Every one that there is.
    const ALL: [&str; 7] = [
        Purpose::Identity.as_str(),
        Purpose::Security.as_str(),
        Purpose::Words.as_str(),
        Purpose::Health.as_str(),
        SOURCE_TAG,
        OCCASION,
        NAME_INDEX,
    ];
}

/// A text that is not the stored name of a purpose. It is not quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no purpose of a key has this name")]
pub(crate) struct UnknownPurpose;

impl TryFrom<String> for StoredPurpose {
    type Error = UnknownPurpose;

    fn try_from(text: String) -> Result<Self, UnknownPurpose> {
        Self::ALL.into_iter().find(|name| *name == text).map(Self).ok_or(UnknownPurpose)
    }
}

impl<'de> Deserialize<'de> for StoredPurpose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.try_into().map_err(de::Error::custom)
    }
}

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
