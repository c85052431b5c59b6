//! Delegations: a manager lets somebody decide in his place, for a time and for some of what he decides.

use crate::leave::LeaveType;
use crate::{AccountId, DomainEvent, EventName, UnitId};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// What has happened to a delegation. Its stream stands under its [`crate::DelegationId`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum DelegationEvent {
    /// Somebody let another decide in his place.
    DelegationGranted {
        /// In whose place.
        from: AccountId,
        /// Who decides.
        to: AccountId,
        /// The first day.
        first: NaiveDate,
        /// The last day.
        last: NaiveDate,
        /// For what.
        scope: DelegationScope,
    },
    /// A delegation was taken back; decisions taken under it stand.
    DelegationRevoked {
        /// When.
        at: DateTime<Utc>,
    },
}

impl DomainEvent for DelegationEvent {
    const STREAM: &'static str = "delegation";

    const KINDS: &'static [(EventName, i16)] = &[("DelegationGranted", 1), ("DelegationRevoked", 1)];

    fn name(&self) -> EventName {
        match self {
            Self::DelegationGranted { .. } => "DelegationGranted",
            Self::DelegationRevoked { .. } => "DelegationRevoked",
        }
    }
}

/// What a delegation is for. Whatever the scope, health is not delegated, and what human resources decide takes their
/// role, which no delegation gives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DelegationScope {
    /// Requests of agents of these units; of any, when empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<UnitId>,
    /// Requests of these types; of any, when empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<LeaveType>,
}

impl DelegationScope {
    /// Whether a request of this type, by an agent of this unit, is within.
    #[must_use]
    pub fn covers(&self, unit: Option<UnitId>, leave_type: LeaveType) -> bool {
        (self.units.is_empty() || unit.is_some_and(|unit| self.units.contains(&unit)))
            && (self.types.is_empty() || self.types.contains(&leave_type))
    }
}
