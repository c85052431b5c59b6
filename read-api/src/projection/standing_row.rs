//! Where a projection stands, as it is shown.

use super::halt_reason;
use chrono::{DateTime, Utc};
use projections::{Activity, Halt, Standing};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::Text;

/// Where a projection stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StandingRow {
    /// The projection.
    #[schema(example = "audit_trail_v1")]
    projection: String,
    /// `current`, `following`, `rebuilding` or `halted`.
    #[schema(example = "current")]
    state: &'static str,
    /// The version of its fold.
    fold: i32,
    /// The last event that it shows.
    position: i64,
    /// The newest event of the journal.
    head: i64,
    /// How many events it has still to show.
    events_behind: u64,
    /// How long ago the first of them was recorded, in milliseconds.
    lag_ms: u64,
    /// Where a rebuild beside it has got to.
    rebuilding: Option<i64>,
    /// Why it stands still.
    halt: Option<HaltRow>,
    /// Why the rebuild beside it stands still, while the projection itself goes on.
    rebuild_halt: Option<HaltRow>,
}

/// Why a projection stands still.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HaltRow {
    /// Where the event stands that could not be folded.
    position: i64,
    /// The event.
    event: Uuid,
    /// The type of its stream.
    stream_type: String,
    /// Its stream.
    stream: Uuid,
    /// Since when.
    at: DateTime<Utc>,
    /// Why, quoting nothing of the event.
    reason: Text,
}

/// What a projection does, in one word.
pub(crate) fn state(standing: &Standing) -> &'static str {
    match standing.activity() {
        Activity::Halted => "halted",
        Activity::Rebuilding => "rebuilding",
        Activity::Led | Activity::UpToDate | Activity::Unled if standing.events_behind() == 0 => "current",
        Activity::Led | Activity::UpToDate | Activity::Unled => "following",
    }
}

impl From<Standing> for StandingRow {
    fn from(standing: Standing) -> Self {
        Self {
            state: state(&standing),
            fold: standing.fold,
            position: standing.position.get(),
            head: standing.head.get(),
            events_behind: standing.events_behind(),
            lag_ms: u64::try_from(standing.lag.as_millis()).unwrap_or(u64::MAX),
            rebuilding: standing.rebuilding.map(|position| position.get()),
            projection: standing.projection,
            halt: standing.halt.map(HaltRow::from),
            rebuild_halt: standing.rebuild_halt.map(HaltRow::from),
        }
    }
}

impl From<Halt> for HaltRow {
    fn from(halt: Halt) -> Self {
        Self {
            position: halt.position.get(),
            event: halt.event.as_uuid(),
            stream_type: halt.stream_type,
            stream: halt.stream,
            at: halt.at,
            reason: halt_reason(&halt.reason),
        }
    }
}
