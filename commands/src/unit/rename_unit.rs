use super::{LONGEST_NAME, State, UnitRefusal, open, text};
use events::unit::UnitEvent;

/// Gives a unit another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenameUnit {
    /// The name.
    pub name: String,
}

pub(super) fn decide(state: &State, command: RenameUnit) -> Result<Vec<UnitEvent>, UnitRefusal> {
    let RenameUnit { name } = command;
    let current = open(state)?;
    text("name", &name, LONGEST_NAME)?;
    if name == current { Ok(Vec::new()) } else { Ok(vec![UnitEvent::UnitRenamed { name }]) }
}
