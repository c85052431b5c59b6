//! Why an event could not be folded.

use events::DecodeError;
use journal::ReadError;

/// What went wrong while a read model was written.
#[derive(Debug, thiserror::Error)]
pub enum ProjectionError {
    /// The event is not readable by this build.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The database did not take the rows.
    #[error("the database did not take the rows")]
    Database(#[from] sqlx::Error),
    /// The event contradicts those before it.
    #[error("{0}")]
    Contradiction(&'static str),
}

impl From<ReadError> for ProjectionError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Unavailable(error) => Self::Database(error),
            ReadError::Corrupt { source, .. } => Self::Decode(source),
            ReadError::Hole { .. } => Self::Contradiction("a stream has a hole"),
        }
    }
}

impl ProjectionError {
    /// An error, unless a statement wrote as many rows as it was given.
    pub(crate) const fn unless_written(rows: u64, given: u64) -> Result<(), Self> {
        if rows == given { Ok(()) } else { Err(Self::Contradiction("the database wrote another number of rows")) }
    }

    /// Whether the same may succeed when it is tried again: the connection, the server's resources or another
    /// transaction is at fault, not the event.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Decode(_) | Self::Contradiction(_) => false,
            Self::Database(error) => journal::is_transient(error),
        }
    }

    /// Why, in words that quote nothing of the event: PostgreSQL's own message may, its code does not.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Database(sqlx::Error::Database(error)) => {
                let code = error.code().unwrap_or_default();
                match (error.table(), error.constraint()) {
                    (Some(table), Some(constraint)) => format!("SQLSTATE {code}, {constraint} of {table}"),
                    (Some(table), None) => format!("SQLSTATE {code}, table {table}"),
                    (None, _) => format!("SQLSTATE {code}"),
                }
            }
            Self::Decode(_) | Self::Database(_) | Self::Contradiction(_) => self.to_string(),
        }
    }
}
