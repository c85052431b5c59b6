//! What can go wrong. No variant holds clear text or the bytes of a key.

use events::KeyId;
use postgres_errors::is_transient;
use std::error::Error;
use uuid::Uuid;

/// Why the vault did not seal, open or destroy.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// Out of reach, or too late with its answer: nothing is sealed or opened meanwhile. Trying again may help.
    #[error("the database of the vault is not available")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// The connection may read keys and not make or destroy any.
    #[error("this connection may not write to the vault")]
    ReadOnly(#[source] sqlx::Error),
    /// The database answered with something else.
    #[error("the database of the vault refused")]
    Database(#[source] sqlx::Error),
    /// The key was wrapped under a master key that this process does not have.
    #[error("key {key} is wrapped under master key {wrapped_under}, and this process was started with {held}")]
    OtherMaster {
        /// The key.
        key: KeyId,
        /// The master key that it needs ([`crate::MasterKey::id`]).
        wrapped_under: Uuid,
        /// The master key that there is.
        held: Uuid,
    },
    /// The row of the key was altered, or belongs to another subject, purpose or period.
    #[error("the row of key {0} was altered: it does not unwrap")]
    AlteredKey(KeyId),
    /// The vault has no such key: it was restored from a backup that is older than the box.
    #[error("there is no key {0}")]
    UnknownKey(KeyId),
    /// The box was altered, or moved to another stream, field or fact.
    #[error("a box under key {0} does not open at its place: it was altered or moved")]
    AlteredBox(KeyId),
    /// The box holds something else than what was asked for.
    #[error("a box under key {0} holds a value of another type")]
    OtherType(KeyId),
    /// The value cannot be written as JSON.
    #[error("the value to be sealed cannot be written as JSON")]
    Unwritable,
    /// The value is longer than the cipher takes: 256 GiB.
    #[error("the value to be sealed is too long")]
    TooLong,
    /// The nil UUID stands for the vault itself.
    #[error("the nil UUID is no subject")]
    NilSubject,
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    Randomness(#[source] getrandom::Error),
}

impl From<sqlx::Error> for VaultError {
    fn from(error: sqlx::Error) -> Self {
        // insufficient_privilege
        let code = error.as_database_error().and_then(|told| told.code());
        if code.is_some_and(|code| code == "42501") {
            Self::ReadOnly(error)
        } else if is_transient(&error) {
            Self::Unavailable(error.into())
        } else {
            Self::Database(error)
        }
    }
}
