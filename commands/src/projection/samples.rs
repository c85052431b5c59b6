//! Facts that the tests of this aggregate begin with.

use events::audit::ProjectionEvent;
use events::{KeyId, Position, Sealed};
use uuid::Uuid;

pub(super) fn at(position: i64) -> Position {
    Position::new(position).unwrap()
}

pub(super) fn motive() -> Sealed<String> {
    Sealed::new(KeyId::from_uuid(Uuid::nil()), vec![1])
}

pub(super) fn skipped(position: i64) -> ProjectionEvent {
    ProjectionEvent::ProjectionEventSkipped {
        projection: "accounts_v1".to_owned(),
        position: at(position),
        motive: motive(),
    }
}

pub(super) fn quarantined(position: i64) -> ProjectionEvent {
    ProjectionEvent::ProjectionStreamQuarantined {
        projection: "accounts_v1".to_owned(),
        stream_type: "account".to_owned(),
        stream: Uuid::nil(),
        position: at(position),
        motive: motive(),
    }
}

pub(super) fn readmitted(position: i64) -> ProjectionEvent {
    ProjectionEvent::ProjectionReadmitted {
        projection: "accounts_v1".to_owned(),
        position: at(position),
        motive: motive(),
    }
}
