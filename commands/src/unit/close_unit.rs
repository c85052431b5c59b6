use super::{State, UnitRefusal, open};
use chrono::NaiveDate;
use events::date::supported;
use events::unit::UnitEvent;

/// Closes a unit. That nobody is left in it cannot be seen from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CloseUnit {
    /// Its last day.
    pub on: NaiveDate,
}

pub(super) fn decide(state: &State, command: CloseUnit) -> Result<Vec<UnitEvent>, UnitRefusal> {
    open(state)?;
    Ok(vec![UnitEvent::UnitClosed { on: supported(command.on)? }])
}
