use super::{ProjectionRefusal, State};
use events::audit::ProjectionEvent;
use events::{Position, Sealed};

/// Leaves one event out of one projection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkipEvent {
    /// The projection.
    pub projection: String,
    /// The event.
    pub position: Position,
    /// Why, in the operator's words.
    pub motive: Sealed<String>,
}

pub(super) fn decide(state: &State, command: SkipEvent) -> Result<Vec<ProjectionEvent>, ProjectionRefusal> {
    let SkipEvent { projection, position, motive } = command;
    if state.skipped.contains(&position) {
        return Err(ProjectionRefusal::AlreadySkipped { position });
    }
    Ok(vec![ProjectionEvent::ProjectionEventSkipped { projection, position, motive }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projection::ProjectionUpkeep;
    use crate::projection::samples::{at, motive, skipped};
    use crate::specification::given;

    fn skip(position: i64) -> SkipEvent {
        SkipEvent { projection: "accounts_v1".to_owned(), position: at(position), motive: motive() }
    }

    #[test]
    fn an_event_is_left_out_once() {
        given::<ProjectionUpkeep>([]).when(skip(7)).then([skipped(7)]);
        let already = given::<ProjectionUpkeep>([skipped(7)]);
        already.when(skip(7)).refused(ProjectionRefusal::AlreadySkipped { position: at(7) });
        already.when(skip(8)).then([skipped(8)]);
    }
}
