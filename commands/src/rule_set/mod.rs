//! The rules of leave: activated on the record, so that a decision names a version that the journal can show.

mod activate_rules;

pub use activate_rules::ActivateRules;

use crate::command::command_enum;
use esrs::Aggregate;
use events::DomainEvent;
use events::rule_set::{RuleSetEvent, RulesVersion};
use journal::Snapshots;
use serde::{Deserialize, Serialize};

/// The rules in force. There is one stream of them: [`RuleSetEvent::stream`].
#[derive(Clone, Copy, Debug)]
pub struct RuleSet;

command_enum! {
    /// What may be done to the rules.
    RuleSetCommand { ActivateRules }
}

/// What decisions about the rules are taken on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    active: Option<RulesVersion>,
}

impl State {
    /// The version of the fold; a snapshot taken under another is ignored.
    pub const FOLD: i32 = 1;

    /// The version that decisions are taken under.
    #[must_use]
    pub const fn active(&self) -> Option<RulesVersion> {
        self.active
    }
}

/// Why rules were not activated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleSetRefusal {
    /// The files are no book of rules.
    #[error("{0}")]
    Faulty(String),
}

impl Aggregate for RuleSet {
    const NAME: &'static str = RuleSetEvent::STREAM;
    type State = State;
    type Command = RuleSetCommand;
    type Event = RuleSetEvent;
    type Error = RuleSetRefusal;

    fn handle_command(state: &State, command: RuleSetCommand) -> Result<Vec<RuleSetEvent>, RuleSetRefusal> {
        match command {
            RuleSetCommand::ActivateRules(command) => activate_rules::decide(state, command),
        }
    }

    fn apply_event(_: State, event: RuleSetEvent) -> State {
        match event {
            RuleSetEvent::RuleSetActivated { version, .. } => State { active: Some(version) },
        }
    }
}

impl Snapshots for RuleSet {
    const FOLD: i32 = State::FOLD;
}
