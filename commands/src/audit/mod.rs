//! Readings of the audit trail and of the proofs of others: each is declared, on a stream of its own under its
//! [`ReadingId`], before it is made.

mod declare_proof_reading;
mod declare_reading;

pub use declare_proof_reading::DeclareProofReading;
pub use declare_reading::DeclareReading;

use crate::command::command_enum;
use chrono::{DateTime, Utc};
use esrs::Aggregate;
use events::audit::AuditEvent;
use events::{DomainEvent, ReadingId};
use journal::Snapshots;
use serde::{Deserialize, Serialize};

/// One reading.
#[derive(Clone, Copy, Debug)]
pub struct AuditReading;

command_enum! {
    /// What may be asked of a reading.
    AuditCommand { DeclareReading, DeclareProofReading }
}

/// What decisions about a reading are taken on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    declared: Option<ReadingId>,
}

impl State {
    /// The version of the fold; a snapshot taken under another is ignored.
    pub const FOLD: i32 = 1;
}

/// Why a reading was not declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditRefusal {
    /// A reading covers what was declared and is not widened afterwards.
    #[error("reading {reading} was declared before")]
    AlreadyDeclared {
        /// The reading.
        reading: ReadingId,
    },
    /// `filter.from` is not before `filter.until`.
    #[error("no instant lies at or after {from} and before {until}")]
    EmptyPeriod {
        /// The filter's beginning.
        from: DateTime<Utc>,
        /// The filter's end.
        until: DateTime<Utc>,
    },
    /// No kind of event has the name asked for.
    #[error("no kind of event has the name at index {index} of the types asked for")]
    UnknownEventType {
        /// Its place in `filter.types`, from 0.
        index: usize,
    },
}

impl Aggregate for AuditReading {
    const NAME: &'static str = AuditEvent::STREAM;
    type State = State;
    type Command = AuditCommand;
    type Event = AuditEvent;
    type Error = AuditRefusal;

    fn handle_command(state: &State, command: AuditCommand) -> Result<Vec<AuditEvent>, AuditRefusal> {
        match command {
            AuditCommand::DeclareReading(command) => declare_reading::decide(state, command),
            AuditCommand::DeclareProofReading(command) => declare_proof_reading::decide(state, command),
        }
    }

    fn apply_event(_: State, event: AuditEvent) -> State {
        match event {
            AuditEvent::AuditTrailRead { reading, .. } | AuditEvent::ProofRead { reading, .. } => {
                State { declared: Some(reading) }
            }
        }
    }
}

impl Snapshots for AuditReading {
    const FOLD: i32 = State::FOLD;
}
