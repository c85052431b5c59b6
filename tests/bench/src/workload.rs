//! What is recorded: the smallest aggregate that has something to load and to decide, with events of 250 bytes.

use events::{DomainEvent, EventName, Sealed};
use journal::Snapshots;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt::{self, Formatter};

/// Bytes of an event as JSON.
#[cfg(test)]
const EVENT_BYTES: usize = 250;
/// Characters of a note in clear that make an event this long.
const CLEAR_NOTE: usize = 209;
/// Characters of a note that make an event this long once they are sealed.
const SEALED_NOTE: usize = 74;

/// A ledger takes entries as long as its balance stays under a limit.
pub struct Ledger;

/// What has happened to a ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum LedgerEvent {
    /// An entry was made.
    EntryMade {
        /// What it adds.
        amount: u32,
        /// What was written beside it.
        note: Note,
    },
}

/// Words beside an entry: a box, or a text.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Note {
    /// As ours keeps them.
    Sealed(Sealed<String>),
    /// As the others do.
    Clear(String),
}

/// By what is there, not by trying one kind after the other: a first try that fails costs more than the rest of the event.
impl<'de> Deserialize<'de> for Note {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Kind;
        impl<'de> Visitor<'de> for Kind {
            type Value = Note;

            fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
                formatter.write_str("a note")
            }

            fn visit_str<E>(self, text: &str) -> Result<Note, E> {
                Ok(Note::Clear(text.to_owned()))
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Note, M::Error> {
                Sealed::deserialize(MapAccessDeserializer::new(map)).map(Note::Sealed)
            }
        }
        deserializer.deserialize_any(Kind)
    }
}

impl Note {
    /// A note in clear.
    pub fn clear() -> Self {
        Self::Clear("n".repeat(CLEAR_NOTE))
    }

    /// What is sealed to make a note of the same length.
    pub fn to_be_sealed() -> String {
        "n".repeat(SEALED_NOTE)
    }
}

/// The state of a ledger.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Balance {
    /// The sum of its entries.
    pub sum: u64,
    /// How many there are.
    pub entries: u64,
}

impl Balance {
    const LIMIT: u64 = u64::MAX / 2;

    /// The state after an event.
    #[must_use]
    pub fn after(self, LedgerEvent::EntryMade { amount, .. }: &LedgerEvent) -> Self {
        Self { sum: self.sum + u64::from(*amount), entries: self.entries + 1 }
    }
}

/// Asks for an entry.
#[derive(Clone, Debug)]
pub struct MakeEntry {
    /// What to write beside it.
    pub note: Note,
}

/// The balance would pass its limit.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the balance would pass its limit")]
pub struct OverLimit;

/// The decision, for whichever library asks.
pub fn decide(state: &Balance, MakeEntry { note }: MakeEntry) -> Result<LedgerEvent, OverLimit> {
    if state.sum < Balance::LIMIT { Ok(entry(note)) } else { Err(OverLimit) }
}

/// An entry.
pub const fn entry(note: Note) -> LedgerEvent {
    LedgerEvent::EntryMade { amount: 123_456, note }
}

impl DomainEvent for LedgerEvent {
    const STREAM: &'static str = "ledger";
    const KINDS: &'static [(EventName, i16)] = &[("EntryMade", 1)];

    fn name(&self) -> EventName {
        "EntryMade"
    }
}

impl esrs::Aggregate for Ledger {
    const NAME: &'static str = LedgerEvent::STREAM;
    type State = Balance;
    type Command = MakeEntry;
    type Event = LedgerEvent;
    type Error = OverLimit;

    fn handle_command(state: &Balance, command: MakeEntry) -> Result<Vec<LedgerEvent>, OverLimit> {
        decide(state, command).map(|event| vec![event])
    }

    fn apply_event(state: Balance, event: LedgerEvent) -> Balance {
        state.after(&event)
    }
}

impl Snapshots for Ledger {
    const FOLD: i32 = 1;
}

impl cqrs_es::DomainEvent for LedgerEvent {
    fn event_type(&self) -> String {
        "EntryMade".to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

impl cqrs_es::Aggregate for Balance {
    const TYPE: &'static str = LedgerEvent::STREAM;
    type Command = MakeEntry;
    type Event = LedgerEvent;
    type Error = OverLimit;
    type Services = ();

    async fn handle(
        &mut self,
        command: MakeEntry,
        (): &(),
        sink: &cqrs_es::event_sink::EventSink<Self>,
    ) -> Result<(), OverLimit> {
        let event = decide(self, command)?;
        sink.write(event, self).await;
        Ok(())
    }

    fn apply(&mut self, event: LedgerEvent) {
        *self = std::mem::take(self).after(&event);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::KeyId;
    use uuid::Uuid;

    /// Nonce and tag of XChaCha20-Poly1305, and the quotes of a JSON string.
    const SEAL_BYTES: usize = 24 + 16 + 2;

    #[test]
    fn an_event_is_as_long_sealed_as_in_clear() {
        let sealed = Sealed::new(KeyId::from_uuid(Uuid::now_v7()), vec![0; SEALED_NOTE + SEAL_BYTES]);
        for note in [Note::clear(), Note::Sealed(sealed)] {
            assert_eq!(serde_json::to_vec(&entry(note)).unwrap().len(), EVENT_BYTES);
        }
    }
}
