//! What each error becomes for the client.

use journal::ReadError;
use projections::leave::ledgers::LawError;
use std::sync::Arc;
use vault::VaultError;
use web::Problem;

/// What the database did not tell.
pub(crate) fn database(error: impl Into<Arc<sqlx::Error>>) -> Problem {
    let error = error.into();
    if journal::is_transient(&error) { Problem::unavailable(error) } else { Problem::internal(error) }
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
