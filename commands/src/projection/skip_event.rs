use super::{ProjectionRefusal, State, motivated};
use events::Position;
use events::audit::ProjectionEvent;

/// Leaves one event out of one projection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkipEvent {
    /// The projection.
    pub projection: String,
    /// The event.
    pub position: Position,
    /// Why, in the operator's words.
    pub motive: String,
}

pub(super) fn decide(state: &State, command: SkipEvent) -> Result<Vec<ProjectionEvent>, ProjectionRefusal> {
    let SkipEvent { projection, position, motive } = command;
    motivated(&motive)?;
    if state.skipped.contains(&position) {
        return Err(ProjectionRefusal::AlreadySkipped { position });
    }
    Ok(vec![ProjectionEvent::ProjectionEventSkipped { projection, position, motive }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projection::ProjectionUpkeep;
    use crate::specification::given;

    fn skip(position: i64, motive: &str) -> SkipEvent {
        SkipEvent {
            projection: "accounts_v1".to_owned(),
            position: Position::new(position).unwrap(),
            motive: motive.to_owned(),
        }
    }

    fn skipped(position: i64, motive: &str) -> ProjectionEvent {
        let SkipEvent { projection, position, motive } = skip(position, motive);
        ProjectionEvent::ProjectionEventSkipped { projection, position, motive }
    }

    #[test]
    fn an_event_is_left_out_once_and_for_a_reason() {
        given::<ProjectionUpkeep>([]).when(skip(7, "ticket 12")).then([skipped(7, "ticket 12")]);
        given::<ProjectionUpkeep>([]).when(skip(7, " ")).refused(ProjectionRefusal::NoMotive);
        let already = given::<ProjectionUpkeep>([skipped(7, "ticket 12")]);
        already
            .when(skip(7, "again"))
            .refused(ProjectionRefusal::AlreadySkipped { position: Position::new(7).unwrap() });
        already.when(skip(8, "ticket 13")).then([skipped(8, "ticket 13")]);
    }
}
