//! Whose fault an error of PostgreSQL is: what the journal and the vault both go by.

use sqlx::error::DatabaseError;
use sqlx::postgres::{PgDatabaseError, PgSeverity};

/// Whether the same may succeed when it is tried again: the connection, the server's state or another transaction is
/// at fault, not the statement.
#[must_use]
pub fn is_transient(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        // Classes of PostgreSQL's errors: 08 connection, 40 rollback, 53 resources, 55 object state, 57 operator
        // intervention, 58 system; 25006, a server that has become a standby; 25P03, a transaction left idle. XX000 ends
        // a session where a server cannot keep files of its own: on a full disk, one that begins.
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            matches!(&*code, "25006" | "25P03")
                || ["08", "40", "53", "55", "57", "58"].iter().any(|class| code.starts_with(class))
                || code == "XX000" && ends_the_session(&**error)
        }),
        _ => false,
    }
}

fn ends_the_session(error: &dyn DatabaseError) -> bool {
    let severity = error.try_downcast_ref::<PgDatabaseError>().map(PgDatabaseError::severity);
    matches!(severity, Some(PgSeverity::Fatal | PgSeverity::Panic))
}
