use super::{ProjectionRefusal, State};
use events::audit::ProjectionEvent;
use events::{Position, Sealed};
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
    /// The event that the projection has halted at, if it has: the stream is left out from it on.
    pub halted_at: Option<Position>,
    /// Why, in the operator's words.
    pub motive: Sealed<String>,
}

pub(super) fn decide(state: &State, command: QuarantineStream) -> Result<Vec<ProjectionEvent>, ProjectionRefusal> {
    let QuarantineStream { projection, stream_type, stream, position, halted_at, motive } = command;
    if state.quarantined.values().any(|(of, left_out)| *left_out == stream && *of == stream_type) {
        return Err(ProjectionRefusal::AlreadyQuarantined { stream });
    }
    if halted_at != Some(position) {
        return Err(ProjectionRefusal::NotHaltedAt { position });
    }
    Ok(vec![ProjectionEvent::ProjectionStreamQuarantined { projection, stream_type, stream, position, motive }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projection::ProjectionUpkeep;
    use crate::projection::samples::{at, motive, quarantined};
    use crate::specification::given;

    #[test]
    fn a_stream_is_left_out_once() {
        let quarantine = |position| QuarantineStream {
            projection: "accounts_v1".to_owned(),
            stream_type: "account".to_owned(),
            stream: Uuid::nil(),
            position: at(position),
            halted_at: Some(at(position)),
            motive: motive(),
        };
        given::<ProjectionUpkeep>([]).when(quarantine(7)).then([quarantined(7)]);
        given::<ProjectionUpkeep>([quarantined(7)])
            .when(quarantine(9))
            .refused(ProjectionRefusal::AlreadyQuarantined { stream: Uuid::nil() });
        let employment = QuarantineStream { stream_type: "employment".to_owned(), ..quarantine(9) };
        let of_one_agent = decide(&State::default(), employment.clone()).unwrap();
        given::<ProjectionUpkeep>([quarantined(7)]).when(employment).then(of_one_agent);
        given::<ProjectionUpkeep>([])
            .when(QuarantineStream { halted_at: None, ..quarantine(7) })
            .refused(ProjectionRefusal::NotHaltedAt { position: at(7) });
    }
}
