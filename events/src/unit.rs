//! Units: the services of the City, who leads them, how leave is validated there and how many must be present.

use crate::pattern::WorkCycle;
use crate::validation::RouteRule;
use crate::{AccountId, DomainEvent, EventName, UnitId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What has happened to a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum UnitEvent {
    /// A unit was opened.
    UnitOpened {
        /// Its code in the HR file.
        code: String,
        /// Its name.
        name: String,
        /// The unit that it is part of.
        parent: Option<UnitId>,
    },
    /// A unit got another name.
    UnitRenamed {
        /// The name from here on.
        name: String,
    },
    /// A unit was closed: nobody is assigned to it any more.
    UnitClosed {
        /// Its last day.
        on: NaiveDate,
    },
    /// Who leads the unit.
    UnitManagerAppointed {
        /// The manager; none leaves the post vacant.
        manager: Option<AccountId>,
        /// From this day on.
        from: NaiveDate,
    },
    /// An appointment was a mistake: whoever led before it still does from that day on.
    UnitManagerAppointmentWithdrawn {
        /// The day from which the appointment was said to hold.
        from: NaiveDate,
    },
    /// How many must be present, or may be away: these rules take the place of those before.
    StaffingRulesSet {
        /// The rules; none lifts them all.
        rules: Vec<StaffingRule>,
        /// From this day on.
        from: NaiveDate,
    },
    /// How requests of this unit's agents are validated, before the City's own routes.
    ValidationRoutesSet {
        /// The rules, the first that fits deciding; none lifts them all.
        rules: Vec<RouteRule>,
        /// From this day on.
        from: NaiveDate,
    },
}

impl DomainEvent for UnitEvent {
    const STREAM: &'static str = "unit";

    const KINDS: &'static [(EventName, i16)] = &[
        ("UnitOpened", 1),
        ("UnitRenamed", 1),
        ("UnitClosed", 1),
        ("UnitManagerAppointed", 1),
        ("UnitManagerAppointmentWithdrawn", 1),
        ("StaffingRulesSet", 1),
        ("ValidationRoutesSet", 1),
    ];

    fn name(&self) -> EventName {
        match self {
            Self::UnitOpened { .. } => "UnitOpened",
            Self::UnitRenamed { .. } => "UnitRenamed",
            Self::UnitClosed { .. } => "UnitClosed",
            Self::UnitManagerAppointed { .. } => "UnitManagerAppointed",
            Self::UnitManagerAppointmentWithdrawn { .. } => "UnitManagerAppointmentWithdrawn",
            Self::StaffingRulesSet { .. } => "StaffingRulesSet",
            Self::ValidationRoutesSet { .. } => "ValidationRoutesSet",
        }
    }
}

/// How many of a unit must be present, or may be away, on each half-day.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffingRule {
    /// Its name within the unit.
    pub name: String,
    /// Counts only agents of this title; of any, without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The half-days on which it holds; every one, without them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<WorkCycle>,
    /// What must hold.
    pub limit: StaffingLimit,
}

/// A limit of presence or absence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StaffingLimit {
    /// So many are present at least, of those due to work.
    MinPresent(u32),
    /// So many are away at most.
    MaxAbsent(u32),
    /// So many hundredths of those due to work are away at most.
    MaxAbsentPercent(u8),
}
