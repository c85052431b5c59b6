//! Employments: what the HR file says of an agent by date, and its corrections.

mod record_employment;
mod revise_employment;
mod withdraw_entry;

pub use record_employment::RecordEmployment;
pub use revise_employment::ReviseEmployment;
pub use withdraw_entry::WithdrawEntry;

use crate::command::command_enum;
use chrono::NaiveDate;
use esrs::Aggregate;
use events::DomainEvent;
use events::date::OutsideCalendar;
use events::employment::{EmploymentAttribute, EmploymentEvent};
use journal::Snapshots;
use rules::Employment as State;

/// The employment of an agent. Its stream stands under his [`events::AccountId`].
#[derive(Clone, Copy, Debug)]
pub struct Employment;

command_enum! {
    /// What may be recorded of an employment.
    EmploymentCommand { RecordEmployment, ReviseEmployment, WithdrawEntry }
}

/// Why nothing was recorded of an employment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmploymentRefusal {
    /// Nothing is known of an agent before he entered.
    #[error("the agent never entered the City's service")]
    NeverEntered,
    /// He is in service, or was.
    #[error("the agent is in service on {on} already")]
    InService {
        /// The first day that was said.
        on: NaiveDate,
    },
    /// He entered again later, and had not left in between.
    #[error("the agent, entered on {on}, would not have left before he entered on {next}")]
    NotLeft {
        /// The first day of a service.
        on: NaiveDate,
        /// The first day of the next.
        next: NaiveDate,
    },
    /// He entered again after the last day that is withdrawn.
    #[error("the agent entered again on {next}: that entry is to be withdrawn first")]
    EnteredAgain {
        /// The first day of the next service.
        next: NaiveDate,
    },
    /// He cannot leave then.
    #[error("the agent is not in service on {on}")]
    NotInService {
        /// The last day that was said.
        on: NaiveDate,
    },
    /// Nobody manages himself.
    #[error("nobody is his own manager")]
    OwnManager,
    /// A week longer than the law allows.
    #[error("`full_time_week_minutes` is 1 to {most} (D 2000-815 art. 3)")]
    Week {
        /// The longest.
        most: u32,
    },
    /// A title that is empty, or too long.
    #[error("`title` has 1 to {most} characters")]
    Title {
        /// The longest.
        most: usize,
    },
    /// A withdrawal that is recorded by its own command.
    #[error("a value is withdrawn with a motive")]
    Withdrawal,
    /// There is no such value.
    #[error("no {attribute:?} was recorded from {from}")]
    Unknown {
        /// Of what.
        attribute: EmploymentAttribute,
        /// From when.
        from: NaiveDate,
    },
    /// A date that is not supported.
    #[error(transparent)]
    Outside(#[from] OutsideCalendar),
}

impl Aggregate for Employment {
    const NAME: &'static str = EmploymentEvent::STREAM;
    type State = State;
    type Command = EmploymentCommand;
    type Event = EmploymentEvent;
    type Error = EmploymentRefusal;

    fn handle_command(state: &State, command: EmploymentCommand) -> Result<Vec<EmploymentEvent>, EmploymentRefusal> {
        match command {
            EmploymentCommand::RecordEmployment(command) => record_employment::decide(state, command),
            EmploymentCommand::ReviseEmployment(command) => revise_employment::decide(state, command),
            EmploymentCommand::WithdrawEntry(command) => withdraw_entry::decide(state, command),
        }
    }

    fn apply_event(state: State, event: EmploymentEvent) -> State {
        state.after(&event)
    }
}

impl Snapshots for Employment {
    const FOLD: i32 = State::FOLD;
}
