//! What can go wrong. No variant holds clear text or the bytes of a key.

use events::KeyId;
use sqlx::error::DatabaseError;
use sqlx::postgres::{PgDatabaseError, PgSeverity};
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
        use sqlx::Error as E;
        match &error {
            E::Io(_) | E::Tls(_) | E::Protocol(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed => {
                Self::Unavailable(error.into())
            }
            // insufficient_privilege
            E::Database(told) if told.code().as_deref() == Some("42501") => Self::ReadOnly(error),
            E::Database(told) if is_of_the_server(&**told) => Self::Unavailable(error.into()),
            _ => Self::Database(error),
        }
    }
}

/// Whether the connection, the server's state or another transaction is at fault, and not what was asked: by the classes
/// of PostgreSQL's errors that the journal goes by, too (`journal::is_transient` names them).
fn is_of_the_server(told: &dyn DatabaseError) -> bool {
    let ends_the_session = told
        .try_downcast_ref::<PgDatabaseError>()
        .is_some_and(|told| matches!(told.severity(), PgSeverity::Fatal | PgSeverity::Panic));
    told.code().is_some_and(|code| {
        matches!(&*code, "25006" | "25P03")
            || ["08", "40", "53", "55", "57", "58"].iter().any(|class| code.starts_with(class))
            || code == "XX000" && ends_the_session
    })
}
