//! The whole journal, read once from its first event and held against what the database claims of it.

use crate::merkle::{self, Frontier, Hash};
use crate::read::{Reader, Selection};
use crate::{ReadError, Recorded};
use chrono::{DateTime, Utc};
use events::Position;
use futures::TryStreamExt;
use std::collections::HashMap;
use std::fmt;
use uuid::Uuid;

/// What somebody wrote down of the history when it was shorter: the only thing that tells a history that was rewritten
/// as a whole, by whoever may change everything in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// How long the history was.
    pub position: Position,
    /// Its root then.
    pub root: Hash,
}

/// What was read, and everything that does not hold.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    /// How many events were read.
    pub events: u64,
    /// How many streams they belong to.
    pub streams: usize,
    /// The root over them.
    pub root: Hash,
    /// What does not hold, the first thousand.
    pub violations: Vec<Violation>,
}

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Violation {
    /// A position is missing or stands twice.
    Position {
        /// The position that should come next.
        expected: Position,
        /// The position found.
        found: Position,
    },
    /// A stream has a hole or a double.
    Version {
        /// Where.
        position: Position,
        /// The version that should come next in its stream.
        expected: i32,
        /// The version found.
        found: i32,
    },
    /// An event is not what its leaf was taken of: it was altered.
    Leaf {
        /// Where.
        position: Position,
    },
    /// Time went back.
    Time {
        /// Where.
        position: Position,
    },
    /// A stream's row says another version than its events.
    Stream {
        /// The stream's type.
        stream_type: String,
        /// The stream.
        stream_id: Uuid,
    },
    /// The head row says another position, frontier or root than the events.
    Head,
    /// The history up to a position that was written down has another root now, or does not reach it.
    Checkpoint {
        /// The position.
        position: Position,
    },
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Position { expected, found } => write!(f, "position {found} stands where {expected} belongs"),
            Self::Version { position, expected, found } => {
                write!(f, "the event at {position} has version {found} where {expected} belongs")
            }
            Self::Leaf { position } => write!(f, "the event at {position} is not the one that was recorded"),
            Self::Time { position } => write!(f, "the event at {position} was recorded before the one before it"),
            Self::Stream { stream_type, stream_id } => {
                write!(f, "the row of stream {stream_type} {stream_id} disagrees with its events")
            }
            Self::Checkpoint { position } => {
                write!(f, "the history up to {position} is not the one whose root was written down")
            }
            Self::Head => f.write_str("the head row disagrees with the events"),
        }
    }
}

const MOST_VIOLATIONS: usize = 1_000;

struct Walk {
    found: Verified,
    frontier: Frontier,
    last: Position,
    recorded_at: DateTime<Utc>,
    versions: HashMap<(String, Uuid), i32>,
    checkpoint: Option<Checkpoint>,
}

impl Walk {
    fn violation(&mut self, violation: Violation) {
        if self.found.violations.len() < MOST_VIOLATIONS {
            self.found.violations.push(violation);
        }
    }

    fn take(&mut self, event: Recorded) {
        let position = event.position;
        if position.get() != self.last.get() + 1 {
            let expected = Position::new(self.last.get() + 1).unwrap_or_default();
            self.violation(Violation::Position { expected, found: position });
        }
        if event.recorded_at < self.recorded_at {
            self.violation(Violation::Time { position });
        }
        let leaf = merkle::leaf(&event);
        if leaf != event.leaf {
            self.violation(Violation::Leaf { position });
        }
        self.frontier.push(leaf);
        if self.checkpoint.is_some_and(|held| held.position == position && held.root == self.frontier.root()) {
            self.checkpoint = None;
        }
        (self.last, self.recorded_at) = (position, event.recorded_at);
        self.found.events += 1;
        let version = self.versions.entry((event.stream_type, event.stream_id)).or_default();
        let expected = *version + 1;
        *version = event.version.0;
        if event.version.0 != expected {
            self.violation(Violation::Version { position, expected, found: event.version.0 });
        }
    }
}

impl Reader {
    /// Reads every event up to the head and checks it: positions and versions without holes, every leaf, the root.
    /// `progress` is called with each position that has been read.
    ///
    /// # Errors
    /// [`ReadError::Unavailable`]. What does not hold is no error: it is in the answer.
    pub async fn verify(&self, progress: impl FnMut(Position)) -> Result<Verified, ReadError> {
        self.verify_against(None, progress).await
    }

    /// The same, and that the history still begins with the one that `checkpoint` was written down of.
    ///
    /// # Errors
    /// As [`Reader::verify`].
    pub async fn verify_against(
        &self,
        checkpoint: Option<Checkpoint>,
        mut progress: impl FnMut(Position),
    ) -> Result<Verified, ReadError> {
        let (position, frontier, root): (i64, Vec<Vec<u8>>, Vec<u8>) =
            sqlx::query_as("SELECT position, frontier, root FROM journal.head").fetch_one(self.pool()).await?;
        let until = Position::new(position).unwrap_or_default();
        let mut walk = Walk {
            found: Verified::default(),
            frontier: Frontier::default(),
            last: Position::START,
            recorded_at: DateTime::UNIX_EPOCH,
            versions: HashMap::new(),
            checkpoint,
        };
        let mut events = self.events(Selection { until: Some(until), ..Selection::default() });
        while let Some(event) = events.try_next().await? {
            progress(event.position);
            walk.take(event);
        }
        let same_frontier =
            walk.frontier.subtrees().iter().map(<[u8; 32]>::as_slice).eq(frontier.iter().map(Vec::as_slice));
        if walk.last != until || !same_frontier || walk.frontier.root().as_slice() != root {
            walk.violation(Violation::Head);
        }
        if let Some(Checkpoint { position, .. }) = walk.checkpoint {
            walk.violation(Violation::Checkpoint { position });
        }
        self.verify_streams(&mut walk, until).await?;
        walk.found.streams = walk.versions.len();
        walk.found.root = walk.frontier.root();
        Ok(walk.found)
    }

    async fn verify_streams(&self, walk: &mut Walk, until: Position) -> Result<(), ReadError> {
        // Streams that were written to meanwhile have moved on: they count up to the head that was verified.
        let mut rows = sqlx::query_as::<_, (String, Uuid, i32)>(
            "SELECT s.type, s.id, s.version - (
                 SELECT count(*)::int FROM journal.event e
                 WHERE e.stream_type = s.type AND e.stream_id = s.id AND e.position > $1)
             FROM journal.stream s",
        )
        .bind(until.get())
        .fetch(self.pool());
        let mut seen = 0;
        while let Some((stream_type, stream_id, version)) = rows.try_next().await? {
            if version == 0 {
                continue;
            }
            seen += 1;
            if walk.versions.get(&(stream_type.clone(), stream_id)) != Some(&version) {
                walk.violation(Violation::Stream { stream_type, stream_id });
            }
        }
        if seen != walk.versions.len() {
            walk.violation(Violation::Head);
        }
        Ok(())
    }
}
