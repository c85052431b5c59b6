//! What can go wrong between a decision and its record.

use crate::StreamId;
use events::{DecodeError, Position};

/// Why events were not appended. Nothing of the command was, in every case but [`AppendError::Unavailable`], where
/// it may have been when the connection broke at commit and stayed broken.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// A stream is not at the version that the decision was taken on: decide again.
    #[error("a stream was written to since it was read")]
    Conflict,
    /// The idempotency key came before with another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The database, or the queue before it, does not answer in time.
    #[error("the journal is unavailable")]
    Unavailable(#[source] Option<sqlx::Error>),
    /// The stream could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An event could not be written down: a fault of this build.
    #[error("an event could not be encoded")]
    Encode(#[source] DecodeError),
    /// The database refused the statement: a fault of this build or of its schema.
    #[error("the journal refused the append")]
    Rejected(#[source] sqlx::Error),
    /// Streams are never deleted.
    #[error("the journal only grows")]
    AppendOnly,
}

/// Why events could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The database does not answer.
    #[error("the journal is unavailable")]
    Unavailable(#[from] sqlx::Error),
    /// An event is not readable by this build.
    #[error("event {position} cannot be read")]
    Corrupt {
        /// Where it stands; 0 when it was read from its stream.
        position: Position,
        /// What is wrong with it.
        source: DecodeError,
    },
    /// A stream has a hole, or its row disagrees with its events.
    #[error("stream {stream:?} has {found} where version {expected} belongs")]
    Hole {
        /// The stream.
        stream: StreamId,
        /// The version that should come next.
        expected: i32,
        /// The version found.
        found: i32,
    },
}

impl ReadError {
    /// The database has not answered within the patience.
    pub(crate) fn late() -> Self {
        Self::Unavailable(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()))
    }
}

/// Whether `journal.append` says that a command of the batch loses, which it was not told to look for: by
/// serialization_failure or unique_violation.
pub(crate) fn is_somebodys_loss(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(error) if error.code().is_some_and(|code| code == "40001" || code == "23505"))
}
