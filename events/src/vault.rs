//! What administrators order of the keys that seal personal data. Each order is recorded before it is carried out.

use crate::{DomainEvent, EventName, Sealed};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What was ordered. Its stream stands under [`VaultEvent::stream`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum VaultEvent {
    /// Every key of a subject is to be destroyed (GDPR, art. 17).
    ErasureOrdered {
        /// The account, or the pseudonym of a name that no account has.
        subject: Uuid,
        /// Why, in the words of who ordered it.
        motive: Sealed<String>,
    },
    /// The keys of where logins came from, of every month before one, are to be destroyed (GDPR, art. 5 §1 e).
    ExpiryOrdered {
        /// The first day of the first month that is kept.
        before: NaiveDate,
        /// Why, in the words of who ordered it.
        motive: Sealed<String>,
    },
    /// Keys that a restored backup brought back are to be destroyed again.
    ReapplicationOrdered {
        /// How many receipts of destroyed keys were given.
        receipts: u64,
        /// Why, in the words of who ordered it.
        motive: Sealed<String>,
    },
    /// Every living key is to be wrapped under another master key.
    RotationOrdered {
        /// The name of that master key, which tells nothing about it.
        master: Uuid,
        /// Why, in the words of who ordered it.
        motive: Sealed<String>,
    },
}

impl VaultEvent {
    /// The stream of orders about the keys of `subject`, or about those of many: any UUID that nothing else uses.
    #[must_use]
    pub fn stream(subject: Option<Uuid>) -> Uuid {
        subject.unwrap_or(Uuid::from_u128(0x1b5f_6e0c_52f4_4f0e_8d53_0e6d_9a41_c2b7))
    }
}

impl DomainEvent for VaultEvent {
    const STREAM: &'static str = "vault";

    const KINDS: &'static [(EventName, i16)] =
        &[("ErasureOrdered", 1), ("ExpiryOrdered", 1), ("ReapplicationOrdered", 1), ("RotationOrdered", 1)];

    fn name(&self) -> EventName {
        match self {
            Self::ErasureOrdered { .. } => "ErasureOrdered",
            Self::ExpiryOrdered { .. } => "ExpiryOrdered",
            Self::ReapplicationOrdered { .. } => "ReapplicationOrdered",
            Self::RotationOrdered { .. } => "RotationOrdered",
        }
    }
}
