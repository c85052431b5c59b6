//! Readings of the audit trail and of the proofs of others, and what operators do to projections: those who watch are
//! watched.

use crate::{AccountId, CorrelationId, DomainEvent, EventName, Position, ProofId, ReadingId, Sealed, SourceTag};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What has been read that is on the record, by whom (the actor of the event), and for what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum AuditEvent {
    /// Somebody declared a reading of the trail, and may from then on read what it covers.
    AuditTrailRead {
        /// The reading.
        reading: ReadingId,
        /// What it covers.
        filter: TrailFilter,
        /// For what, in the auditor's words.
        motive: Option<Sealed<String>>,
    },
    /// Somebody declared that he reads a proof of another, and may from then on where it is his to read.
    ProofRead {
        /// The reading.
        reading: ReadingId,
        /// Whose leave or sickness the proof is of.
        agent: AccountId,
        /// The proof.
        proof: ProofId,
    },
}

impl DomainEvent for AuditEvent {
    const STREAM: &'static str = "audit-reading";

    const KINDS: &'static [(EventName, i16)] = &[("AuditTrailRead", 1), ("ProofRead", 1)];

    fn name(&self) -> EventName {
        match self {
            Self::AuditTrailRead { .. } => "AuditTrailRead",
            Self::ProofRead { .. } => "ProofRead",
        }
    }
}

/// Which entries of the audit trail are asked for: those that meet every condition given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrailFilter {
    /// That happened at or after this instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// That happened before this instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// About this account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<AccountId>,
    /// Done by this account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<AccountId>,
    /// Of these kinds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// With this outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// From one of these sources: one address has a tag a month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sources: Option<Vec<SourceTag>>,
    /// Of this correlation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation: Option<CorrelationId>,
}

/// What came of something, in the words of the OWASP logging vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was done.
    Success,
    /// It was tried and failed.
    Failure,
    /// It was turned away.
    Refused,
    /// It was begun; the outcome is an event of its own.
    Begun,
}

impl Outcome {
    /// The stored name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Refused => "refused",
            Self::Begun => "begun",
        }
    }
}

/// What operators did to a projection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum ProjectionEvent {
    /// One event is left out of one projection, on the record.
    ProjectionEventSkipped {
        /// The projection.
        projection: String,
        /// The event left out.
        position: Position,
        /// Why, in the operator's words.
        motive: Sealed<String>,
    },
    /// Every event of one stream, from this position on, is left out of one projection until readmitted.
    ProjectionStreamQuarantined {
        /// The projection.
        projection: String,
        /// The stream's type.
        stream_type: String,
        /// The stream.
        stream: Uuid,
        /// From this position on.
        position: Position,
        /// Why, in the operator's words.
        motive: Sealed<String>,
    },
    /// What was left out at, or from, this position is folded again by every rebuild from here on.
    ProjectionReadmitted {
        /// The projection.
        projection: String,
        /// The position that the exclusion names.
        position: Position,
        /// Why, in the operator's words.
        motive: Sealed<String>,
    },
    /// A projection was rebuilt beside the live one and swapped in.
    ProjectionRebuilt {
        /// The projection.
        projection: String,
        /// The position at which the rebuilt one took over.
        position: Position,
    },
}

impl ProjectionEvent {
    /// The stream of what is done to a projection: a UUIDv5 (RFC 9562 §5.5) of its name.
    #[must_use]
    pub fn stream(projection: &str) -> Uuid {
        /// Any UUID that nothing else uses.
        const NAMESPACE: Uuid = Uuid::from_u128(0x6f0e_58a5_0f0c_4b6b_9d3a_1c0d_2a7e_77d1);
        Uuid::new_v5(&NAMESPACE, projection.as_bytes())
    }
}

impl DomainEvent for ProjectionEvent {
    const STREAM: &'static str = "projection";

    const KINDS: &'static [(EventName, i16)] = &[
        ("ProjectionEventSkipped", 1),
        ("ProjectionStreamQuarantined", 1),
        ("ProjectionReadmitted", 1),
        ("ProjectionRebuilt", 1),
    ];

    fn name(&self) -> EventName {
        match self {
            Self::ProjectionEventSkipped { .. } => "ProjectionEventSkipped",
            Self::ProjectionStreamQuarantined { .. } => "ProjectionStreamQuarantined",
            Self::ProjectionReadmitted { .. } => "ProjectionReadmitted",
            Self::ProjectionRebuilt { .. } => "ProjectionRebuilt",
        }
    }
}
