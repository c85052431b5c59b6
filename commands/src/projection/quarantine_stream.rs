use super::{ProjectionRefusal, State, motivated};
use events::Position;
use events::audit::ProjectionEvent;
use uuid::Uuid;

/// Leaves one stream, from a position on, out of one projection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantineStream {
    /// The projection.
    pub projection: String,
    /// The stream's type.
    pub stream_type: String,
    /// The stream.
    pub stream: Uuid,
    /// From this position on.
    pub position: Position,
    /// Why, in the operator's words.
    pub motive: String,
}

pub(super) fn decide(state: &State, command: QuarantineStream) -> Result<Vec<ProjectionEvent>, ProjectionRefusal> {
    let QuarantineStream { projection, stream_type, stream, position, motive } = command;
    motivated(&motive)?;
    if state.quarantined.contains(&stream) {
        return Err(ProjectionRefusal::AlreadyQuarantined { stream });
    }
    Ok(vec![ProjectionEvent::ProjectionStreamQuarantined { projection, stream_type, stream, position, motive }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projection::ProjectionUpkeep;
    use crate::specification::given;

    #[test]
    fn a_stream_is_left_out_once_and_for_a_reason() {
        let quarantine = |motive: &str| QuarantineStream {
            projection: "accounts_v1".to_owned(),
            stream_type: "account".to_owned(),
            stream: Uuid::nil(),
            position: Position::START,
            motive: motive.to_owned(),
        };
        let quarantined = ProjectionEvent::ProjectionStreamQuarantined {
            projection: "accounts_v1".to_owned(),
            stream_type: "account".to_owned(),
            stream: Uuid::nil(),
            position: Position::START,
            motive: "ticket 12".to_owned(),
        };
        given::<ProjectionUpkeep>([]).when(quarantine("ticket 12")).then([quarantined.clone()]);
        given::<ProjectionUpkeep>([]).when(quarantine("")).refused(ProjectionRefusal::NoMotive);
        given::<ProjectionUpkeep>([quarantined])
            .when(quarantine("again"))
            .refused(ProjectionRefusal::AlreadyQuarantined { stream: Uuid::nil() });
    }
}
