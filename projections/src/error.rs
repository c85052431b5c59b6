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
    /// The event contradicts those before it, or the journal or the build itself.
    #[error(transparent)]
    Contradiction(#[from] Contradiction),
}

/// What no event may be, or bring about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// A position is missing.
    #[error("the journal has a hole")]
    JournalHole,
    /// A version is missing.
    #[error("a stream has a hole")]
    StreamHole,
    /// No handler has its stream type, and the projection has something of every event: a newer build wrote it.
    #[error("the type of its stream is none that this build knows")]
    UnknownStreamType,
    /// The code that folds it panics.
    #[error("the fold has panicked")]
    Panicked,
    /// The account was there.
    #[error("an account was provisioned twice")]
    ProvisionedTwice,
    /// What it holds cannot be written as a column of JSON.
    #[error("a value has no JSON")]
    NoJson,
    /// A statement wrote more or fewer rows than it was given.
    #[error("the database wrote another number of rows")]
    OtherRows,
}

impl Contradiction {
    /// Every one, to know one by its text: that is what a halt keeps.
    pub const ALL: [Self; 7] = [
        Self::JournalHole,
        Self::StreamHole,
        Self::UnknownStreamType,
        Self::Panicked,
        Self::ProvisionedTwice,
        Self::NoJson,
        Self::OtherRows,
    ];
}

impl From<ReadError> for ProjectionError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Unavailable(error) => Self::Database(error),
            ReadError::Corrupt { source, .. } => Self::Decode(source),
            ReadError::Hole { .. } => Contradiction::StreamHole.into(),
        }
    }
}

impl ProjectionError {
    /// An error, unless a statement wrote as many rows as it was given.
    pub(crate) const fn unless_written(rows: u64, given: u64) -> Result<(), Self> {
        if rows == given { Ok(()) } else { Err(Self::Contradiction(Contradiction::OtherRows)) }
    }

    /// Whether the same may succeed when it is tried again: the connection, the server's resources or another
    /// transaction is at fault, not the event.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Decode(_) | Self::Contradiction(_) => false,
            Self::Database(error) => postgres_errors::is_transient(error),
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
