//! Identifiers. Each is a UUID of its own type, so that one cannot stand where another is meant.

use serde::{Deserialize, Deserializer, Serialize, de};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// A UUID as text; no error repeats what was there instead.
struct Text;

impl de::Visitor<'_> for Text {
    type Value = Uuid;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a UUID")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Uuid, E> {
        text.parse().map_err(|_| E::invalid_value(de::Unexpected::Other("something else"), &self))
    }
}

macro_rules! identifier {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(Text).map(Self)
            }
        }

        impl $name {
            /// A new identifier, ordered by the time of its creation (UUIDv7, RFC 9562 §5.7).
            #[must_use]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// The identifier with these bits.
            #[must_use]
            pub const fn from_uuid(id: Uuid) -> Self {
                Self(id)
            }

            /// The bits of this identifier.
            #[must_use]
            pub const fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::try_parse(text).map(Self)
            }
        }
    )+};
}

identifier! {
    /// A municipal agent's account; for a name that no account has, the pseudonym that stands in its place.
    AccountId,
    /// One attempt to log in, from the slot it takes to its outcome.
    AttemptId,
    /// One credit to a leave counter, or debit of it.
    CreditId,
    /// What belongs together across streams: everything that follows from one request.
    CorrelationId,
    /// One secret that an account may be opened with: an initial code or a personal password.
    CredentialId,
    /// One delegation of decisions.
    DelegationId,
    /// One recorded event.
    EventId,
    /// One calendar feed.
    FeedId,
    /// One gift of days to a colleague, in the books of both.
    GiftId,
    /// A key of the vault.
    KeyId,
    /// One leave, from its request on.
    LeaveId,
    /// One proof that was attached.
    ProofId,
    /// One declared reading of the audit trail.
    ReadingId,
    /// One session, from login to its end.
    SessionId,
    /// One spell of sickness.
    SicknessId,
    /// A unit of the City.
    UnitId,
}
