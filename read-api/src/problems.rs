//! What each error becomes for the client.

use journal::ReadError;
use vault::VaultError;
use web::Problem;

/// What the database did not tell.
pub(crate) fn database(error: sqlx::Error) -> Problem {
    let code = error.as_database_error().and_then(|error| error.code()).unwrap_or_default();
    // Classes 08 (connection), 40 (rollback: a standby cancels what stands in its way), 53 (resources), 57 (operator
    // intervention), 58 (system) of PostgreSQL's errors.
    let transient = match &error {
        sqlx::Error::Database(_) => ["08", "40", "53", "57", "58"].iter().any(|class| code.starts_with(class)),
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        _ => false,
    };
    if transient { Problem::unavailable(error) } else { Problem::internal(error) }
}

/// What the journal did not tell.
pub(crate) fn journal(error: ReadError) -> Problem {
    match error {
        ReadError::Unavailable(error) => database(error),
        ReadError::Corrupt { .. } | ReadError::Hole { .. } => Problem::internal(error),
    }
}

/// What the vault did not open.
pub(crate) fn vault(error: VaultError) -> Problem {
    match error {
        VaultError::Unavailable(_) => Problem::unavailable(error),
        error => Problem::internal(error),
    }
}
