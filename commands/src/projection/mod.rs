//! What operators do to projections, on the record: an event left out, a stream left out, a rebuild.
//!
//! The stream of a projection is [`ProjectionEvent::stream`] of its name.

mod quarantine_stream;
mod readmit;
mod record_rebuild;
#[cfg(test)]
mod samples;
mod skip_event;

pub use quarantine_stream::QuarantineStream;
pub use readmit::Readmit;
pub use record_rebuild::RecordRebuild;
pub use skip_event::SkipEvent;

use crate::command::command_enum;
use esrs::Aggregate;
use events::audit::ProjectionEvent;
use events::{DomainEvent, Position};
use journal::Snapshots;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What has been done to one projection.
#[derive(Clone, Copy, Debug)]
pub struct ProjectionUpkeep;

command_enum! {
    /// What may be done to a projection.
    ProjectionCommand { SkipEvent, QuarantineStream, Readmit, RecordRebuild }
}

/// What decisions about a projection are taken on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    skipped: BTreeSet<Position>,
    quarantined: BTreeMap<Position, (String, Uuid)>,
}

impl State {
    /// The version of the fold; a snapshot taken under another is ignored.
    pub const FOLD: i32 = 3;
}

/// Why nothing was done to a projection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProjectionRefusal {
    /// The event is left out already.
    #[error("event {position} is left out already")]
    AlreadySkipped {
        /// The event.
        position: Position,
    },
    /// It is not the event that the projection has halted at, and no other may be left out.
    #[error("the projection has not halted at {position}: only the event that halts it may be left out")]
    NotHaltedAt {
        /// The event.
        position: Position,
    },
    /// Nothing is left out at this position.
    #[error("nothing is left out at, or from, event {position}")]
    NotLeftOut {
        /// The position.
        position: Position,
    },
    /// The stream is left out already.
    #[error("stream {stream} is left out already")]
    AlreadyQuarantined {
        /// The stream.
        stream: Uuid,
    },
}

impl Aggregate for ProjectionUpkeep {
    const NAME: &'static str = ProjectionEvent::STREAM;
    type State = State;
    type Command = ProjectionCommand;
    type Event = ProjectionEvent;
    type Error = ProjectionRefusal;

    fn handle_command(state: &State, command: ProjectionCommand) -> Result<Vec<ProjectionEvent>, ProjectionRefusal> {
        match command {
            ProjectionCommand::SkipEvent(command) => skip_event::decide(state, command),
            ProjectionCommand::QuarantineStream(command) => quarantine_stream::decide(state, command),
            ProjectionCommand::Readmit(command) => readmit::decide(state, command),
            ProjectionCommand::RecordRebuild(command) => Ok(record_rebuild::decide(command)),
        }
    }

    fn apply_event(mut state: State, event: ProjectionEvent) -> State {
        match event {
            ProjectionEvent::ProjectionEventSkipped { position, .. } => drop(state.skipped.insert(position)),
            ProjectionEvent::ProjectionStreamQuarantined { stream_type, stream, position, .. } => {
                state.quarantined.insert(position, (stream_type, stream));
            }
            ProjectionEvent::ProjectionReadmitted { position, .. } => {
                state.skipped.remove(&position);
                state.quarantined.remove(&position);
            }
            ProjectionEvent::ProjectionRebuilt { .. } => {}
        }
        state
    }
}

impl Snapshots for ProjectionUpkeep {
    const FOLD: i32 = State::FOLD;
}
