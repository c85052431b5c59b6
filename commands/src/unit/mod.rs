//! Units: opened, renamed, led, closed; how many must be present there, and who validates leave.

mod appoint_unit_manager;
mod close_unit;
mod open_unit;
mod rename_unit;
mod set_staffing_rules;
mod set_validation_routes;
mod withdraw_appointment;

pub use appoint_unit_manager::AppointUnitManager;
pub use close_unit::CloseUnit;
pub use open_unit::OpenUnit;
pub use rename_unit::RenameUnit;
pub use set_staffing_rules::SetStaffingRules;
pub use set_validation_routes::SetValidationRoutes;
pub use withdraw_appointment::WithdrawAppointment;

use crate::command::command_enum;
use esrs::Aggregate;
use events::DomainEvent;
use events::date::OutsideCalendar;
use events::unit::UnitEvent;
use journal::Snapshots;
use rules::Unit as State;
use rules::validation::InvalidRoute;

/// A unit of the City. Its stream stands under its [`events::UnitId`].
#[derive(Clone, Copy, Debug)]
pub struct Unit;

command_enum! {
    /// What may be asked of a unit.
    UnitCommand {
        OpenUnit,
        RenameUnit,
        CloseUnit,
        AppointUnitManager,
        WithdrawAppointment,
        SetStaffingRules,
        SetValidationRoutes,
    }
}

/// Why nothing was done to a unit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnitRefusal {
    /// It was opened before.
    #[error("the unit was opened already")]
    AlreadyOpen,
    /// It was never opened.
    #[error("there is no such unit")]
    Unknown,
    /// It was closed before.
    #[error("the unit was closed already")]
    AlreadyClosed,
    /// A name or code that is empty, or too long.
    #[error("`{field}` has 1 to {most} characters")]
    Text {
        /// Which.
        field: &'static str,
        /// The longest.
        most: usize,
    },
    /// A route that would grant at once.
    #[error("a route has at least one step: nobody's leave is granted without a decision")]
    NoStep {
        /// The place of its rule, from 0.
        rule: usize,
    },
    /// A route that nobody decides by.
    #[error(transparent)]
    Route(#[from] InvalidRoute),
    /// More staffing rules than are ever looked at.
    #[error("a unit has at most {most} staffing rules")]
    TooManyRules {
        /// The most.
        most: usize,
    },
    /// A staffing rule whose name is empty, or too long.
    #[error("the name of a staffing rule has 1 to {most} characters")]
    RuleName {
        /// The place of the rule, from 0.
        rule: usize,
        /// The longest.
        most: usize,
    },
    /// A staffing rule for a title that is empty, or too long to be anybody's.
    #[error("the title that a staffing rule counts has 1 to {most} characters")]
    RuleTitle {
        /// The place of the rule, from 0.
        rule: usize,
        /// The longest.
        most: usize,
    },
    /// A staffing rule with the name of one before.
    #[error("another staffing rule has this name")]
    SameName {
        /// The place of the rule, from 0.
        rule: usize,
    },
    /// A staffing rule by which more than all may be away.
    #[error("at most 100 per cent are away")]
    Percent {
        /// The place of the rule, from 0.
        rule: usize,
    },
    /// A date that is not supported.
    #[error(transparent)]
    Outside(#[from] OutsideCalendar),
}

impl Aggregate for Unit {
    const NAME: &'static str = UnitEvent::STREAM;
    type State = State;
    type Command = UnitCommand;
    type Event = UnitEvent;
    type Error = UnitRefusal;

    fn handle_command(state: &State, command: UnitCommand) -> Result<Vec<UnitEvent>, UnitRefusal> {
        match command {
            UnitCommand::OpenUnit(command) => open_unit::decide(state, command),
            UnitCommand::RenameUnit(command) => rename_unit::decide(state, command),
            UnitCommand::CloseUnit(command) => close_unit::decide(state, command),
            UnitCommand::AppointUnitManager(command) => appoint_unit_manager::decide(state, command),
            UnitCommand::WithdrawAppointment(command) => withdraw_appointment::decide(state, command),
            UnitCommand::SetStaffingRules(command) => set_staffing_rules::decide(state, command),
            UnitCommand::SetValidationRoutes(command) => set_validation_routes::decide(state, command),
        }
    }

    fn apply_event(state: State, event: UnitEvent) -> State {
        state.after(&event)
    }
}

impl Snapshots for Unit {
    const FOLD: i32 = State::FOLD;
}

fn open(state: &State) -> Result<&str, UnitRefusal> {
    let name = state.name().ok_or(UnitRefusal::Unknown)?;
    if state.closed().is_some() { Err(UnitRefusal::AlreadyClosed) } else { Ok(name) }
}

fn text(field: &'static str, text: &str, most: usize) -> Result<(), UnitRefusal> {
    if has_length(text, most) { Ok(()) } else { Err(UnitRefusal::Text { field, most }) }
}

fn has_length(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.trim().chars().count())
}

const LONGEST_NAME: usize = 200;
const LONGEST_TITLE: usize = 200;
const LONGEST_CODE: usize = 32;
