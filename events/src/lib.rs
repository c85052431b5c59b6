//! What has happened: the facts, their names and their versions; pure, and used by every other crate.
//!
//! A kind of fact is one variant of an enum that implements [`DomainEvent`]; the enum is the vocabulary of one
//! stream type. Facts never change: a new shape is a new schema version with an upcaster, and `golden/` keeps one
//! sample of every version that was ever written.

pub mod account;
pub mod audit;
mod clock;
mod domain_event;
mod id;
mod metadata;
mod position;
mod sealed;
mod source;
pub mod username;
mod vocabulary;

pub use clock::Clock;
pub use domain_event::{DecodeError, DomainEvent, EventName};
pub use id::{AccountId, AttemptId, CorrelationId, CredentialId, EventId, KeyId, ReadingId, SessionId};
pub use metadata::{Actor, Capacity, Idempotency, IdempotencyKey, InvalidIdempotencyKey, Metadata};
pub use position::{InvalidPosition, Position, Version};
pub use sealed::Sealed;
pub use source::{Channel, Source, SourceTag};
pub use vocabulary::{VOCABULARIES, Vocabulary};
