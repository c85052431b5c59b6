//! The rules of leave: activated on the record, so that a decision names a version that the journal can show.

mod activate_rules;
mod introduce_rules;
#[cfg(test)]
mod samples;

pub use activate_rules::ActivateRules;
pub use introduce_rules::IntroduceRules;

use crate::command::command_enum;
use chrono::NaiveDate;
use esrs::Aggregate;
use events::DomainEvent;
use events::rule_set::{RuleFile, RuleSetEvent, RulesVersion};
use journal::Snapshots;
use rules::{LoadError, RuleBook};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The rules in force. There is one stream of them: [`RuleSetEvent::stream`].
#[derive(Clone, Copy, Debug)]
pub struct RuleSet;

command_enum! {
    /// What may be done to the rules.
    RuleSetCommand { ActivateRules, IntroduceRules }
}

/// What decisions about the rules are taken on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    active: Option<RulesVersion>,
    known: BTreeSet<RulesVersion>,
}

impl State {
    /// The version of the fold; a snapshot taken under another is ignored.
    pub const FOLD: i32 = 2;

    /// The version that decisions are taken under.
    #[must_use]
    pub const fn active(&self) -> Option<RulesVersion> {
        self.active
    }

    fn has_known(&self, version: RulesVersion) -> bool {
        self.known.contains(&version)
    }
}

/// The rules that these files are.
fn book(files: &[RuleFile]) -> Result<RuleBook, RuleSetRefusal> {
    RuleBook::parse(files.iter().map(|file| (file.name.as_str(), file.text.as_str())))
        .map_err(|error| Faulty(Arc::new(error)).into())
}

/// The activation of these files, with the version that they are.
fn activation(mut files: Vec<RuleFile>) -> Result<(RulesVersion, RuleSetEvent), RuleSetRefusal> {
    files.sort_by(|one, other| one.name.cmp(&other.name));
    let version = book(&files)?.version();
    Ok((version, RuleSetEvent::RuleSetActivated { version, files }))
}

/// Files that are no book of rules; the same where they say the same.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Faulty(pub Arc<LoadError>);

impl PartialEq for Faulty {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_string() == other.0.to_string()
    }
}

impl Eq for Faulty {}

/// Why rules were not activated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleSetRefusal {
    /// The files are no book of rules.
    #[error(transparent)]
    Faulty(#[from] Faulty),
    /// A rule that was in force would be another.
    #[error(
        "`{rule}` from {from} on was in force by {on}: it ends after that day and another follows, it is not edited"
    )]
    Edited {
        /// The rule.
        rule: String,
        /// The first day of the provision.
        from: NaiveDate,
        /// Today.
        on: NaiveDate,
    },
    /// A rule that would be in force no more, and nothing in its place.
    #[error("`{rule}` ends on {until} and nothing follows: what is decided after would find no rule")]
    Unfollowed {
        /// The rule.
        rule: String,
        /// Its last day.
        until: NaiveDate,
    },
    /// Others were activated since those in force were read.
    #[error("other rules were activated meanwhile")]
    Moved,
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
            RuleSetCommand::IntroduceRules(command) => introduce_rules::decide(state, command),
        }
    }

    fn apply_event(mut state: State, event: RuleSetEvent) -> State {
        match event {
            RuleSetEvent::RuleSetActivated { version, .. } => {
                state.active = Some(version);
                state.known.insert(version);
                state
            }
        }
    }
}

impl Snapshots for RuleSet {
    const FOLD: i32 = State::FOLD;
}
