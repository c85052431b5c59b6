//! Every kind of event that there is.

use crate::account::AccountEvent;
use crate::audit::{AuditEvent, ProjectionEvent};
use crate::calendar_feed::CalendarFeedEvent;
use crate::delegation::DelegationEvent;
use crate::employment::EmploymentEvent;
use crate::leave::AbsenceEvent;
use crate::rule_set::RuleSetEvent;
use crate::unit::UnitEvent;
use crate::username::UsernameEvent;
use crate::vault::VaultEvent;
use crate::{DomainEvent, EventName};

/// The kinds of one stream type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vocabulary {
    /// The stored name of the stream type.
    pub stream: &'static str,
    /// The stored names of its kinds, each with its current schema version.
    pub kinds: &'static [(EventName, i16)],
}

impl Vocabulary {
    const fn of<E: DomainEvent>() -> Self {
        Self { stream: E::STREAM, kinds: E::KINDS }
    }
}

/// Every vocabulary: a new aggregate adds its own here, and so its events to the golden samples and the audit trail.
pub const VOCABULARIES: &[Vocabulary] = &[
    Vocabulary::of::<AccountEvent>(),
    Vocabulary::of::<UsernameEvent>(),
    Vocabulary::of::<AuditEvent>(),
    Vocabulary::of::<ProjectionEvent>(),
    Vocabulary::of::<RuleSetEvent>(),
    Vocabulary::of::<UnitEvent>(),
    Vocabulary::of::<EmploymentEvent>(),
    Vocabulary::of::<AbsenceEvent>(),
    Vocabulary::of::<DelegationEvent>(),
    Vocabulary::of::<CalendarFeedEvent>(),
    Vocabulary::of::<VaultEvent>(),
];
