//! What each error becomes for the client, and the problems that this crate adds to those of `web`.

use journal::ReadError;
use projections::leave::ledgers::LawError;
use std::sync::Arc;
use vault::{AttachmentsError, VaultError};
use web::Problem;

web::kinds! {
    /// What is asked for was there, and its key is destroyed.
    ERASED = "erased", GONE,
        "Effacé", "Erased";
    /// A proof of somebody else is read after the reading was declared.
    READING_NOT_DECLARED = "reading-not-declared", FORBIDDEN,
        "Lecture non déclarée", "Reading not declared";
}

/// What the database did not tell.
pub(crate) fn database(error: impl Into<Arc<sqlx::Error>>) -> Problem {
    let error = error.into();
    if postgres_errors::is_transient(&error) { Problem::unavailable(error) } else { Problem::internal(error) }
}

/// What the journal did not tell.
pub(crate) fn journal(error: ReadError) -> Problem {
    match error {
        ReadError::Unavailable(error) => database(error),
        ReadError::Corrupt { .. } | ReadError::Hole { .. } => Problem::internal(error),
    }
}

/// What the rules of law did not tell.
pub(crate) fn law(error: LawError) -> Problem {
    match error {
        LawError::Journal(error) => journal(error),
        LawError::Book(error) => Problem::internal(error),
    }
}

/// What the vault did not open.
pub(crate) fn vault(error: VaultError) -> Problem {
    match error {
        VaultError::Unavailable(_) => Problem::unavailable(error),
        error => Problem::internal(error),
    }
}

/// What the store of attachments did not give.
pub(crate) fn attachments(error: AttachmentsError) -> Problem {
    match error {
        AttachmentsError::Vault(error) => vault(error),
        AttachmentsError::Store(_) => Problem::unavailable(error),
        AttachmentsError::Address(_) | AttachmentsError::Folder(_) | AttachmentsError::Altered(_) => {
            Problem::internal(error)
        }
    }
}
