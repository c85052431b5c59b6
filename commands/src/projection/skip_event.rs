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
    /// The event that the projection has halted at, if it has: it alone may be left out.
    pub halted_at: Option<Position>,
    /// Why, in the operator's words.
    pub motive: Sealed<String>,
}

pub(super) fn decide(state: &State, command: SkipEvent) -> Result<Vec<ProjectionEvent>, ProjectionRefusal> {
    let SkipEvent { projection, position, halted_at, motive } = command;
    if state.skipped.contains(&position) {
        return Err(ProjectionRefusal::AlreadySkipped { position });
    }
    if halted_at != Some(position) {
        return Err(ProjectionRefusal::NotHaltedAt { position });
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
        let (projection, position) = ("accounts_v1".to_owned(), at(position));
        SkipEvent { projection, position, halted_at: Some(position), motive: motive() }
    }

    #[test]
    fn an_event_is_left_out_once() {
        given::<ProjectionUpkeep>([]).when(skip(7)).then([skipped(7)]);
        let already = given::<ProjectionUpkeep>([skipped(7)]);
        already.when(skip(7)).refused(ProjectionRefusal::AlreadySkipped { position: at(7) });
        already.when(skip(8)).then([skipped(8)]);
    }

    #[test]
    fn only_the_event_that_the_projection_halted_at() {
        for halted_at in [None, Some(at(7))] {
            for position in [0, 6, 8, i64::MAX] {
                let refused = ProjectionRefusal::NotHaltedAt { position: at(position) };
                given::<ProjectionUpkeep>([]).when(SkipEvent { halted_at, ..skip(position) }).refused(refused);
            }
        }
    }
}
