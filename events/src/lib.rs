//! What has happened: the facts, their names and their versions; pure, and used by every other crate.
//!
//! A kind of fact is one variant of an enum that implements [`DomainEvent`]; the enum is the vocabulary of one
//! stream type. Facts never change: a new shape is a new schema version with an upcaster, and `golden/` keeps one
//! sample of every version that was ever written.

pub mod account;
pub mod audit;
pub mod calendar_feed;
mod clock;
pub mod counted;
pub mod date;
pub mod delegation;
mod domain_event;
pub mod employment;
mod half_day_set;
mod hexadecimal;
mod id;
pub mod leave;
mod metadata;
pub mod pattern;
pub mod period;
mod position;
pub mod quantity;
pub mod rule_set;
mod sealed;
mod source;
pub mod status;
pub mod unit;
pub mod username;
pub mod validation;
pub mod vault;
mod vocabulary;

pub use clock::Clock;
pub use domain_event::{DecodeError, DomainEvent, EventName};
pub use half_day_set::{HalfDaySet, InvalidHalfDay};
pub use id::{
    AccountId, AttemptId, CorrelationId, CredentialId, CreditId, DelegationId, EventId, FeedId, GiftId, KeyId, LeaveId,
    ProofId, ReadingId, SessionId, SicknessId, UnitId,
};
pub use metadata::{Actor, Capacity, Idempotency, IdempotencyKey, InvalidIdempotencyKey, Metadata};
pub use position::{InvalidPosition, Position, Version};
pub use sealed::Sealed;
pub use source::{Channel, Source, SourceTag};
pub use vocabulary::{VOCABULARIES, Vocabulary};
