use events::Position;
use events::audit::ProjectionEvent;

/// Records that a projection was rebuilt beside the live one and has taken its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordRebuild {
    /// The projection.
    pub projection: String,
    /// The position at which it took over.
    pub position: Position,
}

pub(super) fn decide(command: RecordRebuild) -> Vec<ProjectionEvent> {
    let RecordRebuild { projection, position } = command;
    vec![ProjectionEvent::ProjectionRebuilt { projection, position }]
}
