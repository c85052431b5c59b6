use super::{ProjectionRefusal, State};
use events::audit::ProjectionEvent;
use events::{Position, Sealed};

/// Takes back what was left out of one projection at, or from, a position; it is shown again once it is rebuilt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readmit {
    /// The projection.
    pub projection: String,
    /// The position that the exclusion names.
    pub position: Position,
    /// Why, in the operator's words.
    pub motive: Sealed<String>,
}

pub(super) fn decide(state: &State, command: Readmit) -> Result<Vec<ProjectionEvent>, ProjectionRefusal> {
    let Readmit { projection, position, motive } = command;
    if !state.skipped.contains(&position) && !state.quarantined.contains_key(&position) {
        return Err(ProjectionRefusal::NotLeftOut { position });
    }
    Ok(vec![ProjectionEvent::ProjectionReadmitted { projection, position, motive }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projection::ProjectionUpkeep;
    use crate::projection::samples::{at, motive, quarantined, readmitted, skipped};
    use crate::specification::given;

    fn readmit(position: i64) -> Readmit {
        Readmit { projection: "accounts_v1".to_owned(), position: at(position), motive: motive() }
    }

    #[test]
    fn what_was_left_out_comes_back_once() {
        for left_out in [skipped(7), quarantined(7)] {
            given::<ProjectionUpkeep>([left_out.clone()]).when(readmit(7)).then([readmitted(7)]);
            given::<ProjectionUpkeep>([left_out, readmitted(7)])
                .when(readmit(7))
                .refused(ProjectionRefusal::NotLeftOut { position: at(7) });
        }
    }

    #[test]
    fn only_what_was_left_out() {
        given::<ProjectionUpkeep>([skipped(7)])
            .when(readmit(8))
            .refused(ProjectionRefusal::NotLeftOut { position: at(8) });
    }
}
