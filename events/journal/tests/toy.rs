//! The smallest aggregate that there is, for tests of the journal: a counter that refuses to pass ten thousand.

use esrs::Aggregate;
use events::{Actor, Capacity, Clock, DomainEvent, EventName, Metadata};
use journal::Snapshots;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Counted {
    Counted { by: u32, note: String },
}

impl DomainEvent for Counted {
    const STREAM: &'static str = "counter";
    const KINDS: &'static [(EventName, i16)] = &[("Counted", 1)];

    fn name(&self) -> EventName {
        "Counted"
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count(pub u32);

#[derive(Debug, thiserror::Error)]
#[error("past ten thousand")]
pub struct TooMany;

pub struct Counter;

impl Aggregate for Counter {
    const NAME: &'static str = Counted::STREAM;
    type State = Count;
    type Command = u32;
    type Event = Counted;
    type Error = TooMany;

    fn handle_command(state: &Count, by: u32) -> Result<Vec<Counted>, TooMany> {
        if state.0 + by > 10_000 { Err(TooMany) } else { Ok(vec![counted(by)]) }
    }

    fn apply_event(state: Count, Counted::Counted { by, .. }: Counted) -> Count {
        Count(state.0 + by)
    }
}

impl Snapshots for Counter {
    const FOLD: i32 = 1;
    const EVERY: i32 = 16;
}

pub fn counted(by: u32) -> Counted {
    Counted::Counted { by, note: "\u{e9}\\ \"quoted\"".repeat(10) }
}

pub fn metadata() -> Metadata {
    Metadata::new(Actor::Service, Capacity::System, Clock::system().now())
}
