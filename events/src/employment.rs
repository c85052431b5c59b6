//! The employment of an agent: where, under whom, how much and when he works, and before the law what he is.
//!
//! Each attribute is a list of values, each in force from its date until the next one's. A later event for the same
//! attribute and date takes the place of the earlier: that is a correction, and the journal keeps both.

use crate::pattern::WorkCycle;
use crate::status::{Category, Status};
use crate::{AccountId, DomainEvent, EventName, Sealed, UnitId};
use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::fmt;

/// What has happened to the employment of one agent. The stream stands under the agent's [`AccountId`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum EmploymentEvent {
    /// The agent entered the City's service, or entered again.
    ServiceEntered {
        /// The first day.
        on: NaiveDate,
    },
    /// The agent left the City's service.
    ServiceLeft {
        /// The last day.
        on: NaiveDate,
    },
    /// What the agent is before the law.
    StatusSet {
        /// The status.
        status: Status,
        /// From this day on.
        from: NaiveDate,
    },
    /// The agent's hierarchical category.
    CategorySet {
        /// The category.
        category: Category,
        /// From this day on.
        from: NaiveDate,
    },
    /// What the agent does.
    TitleSet {
        /// The title of the post.
        title: String,
        /// From this day on.
        from: NaiveDate,
    },
    /// Where the agent works.
    UnitAssigned {
        /// The unit.
        unit: UnitId,
        /// From this day on.
        from: NaiveDate,
    },
    /// Whom the agent works under; without it, under the manager of the unit.
    ManagerAssigned {
        /// The manager; none says that there is none but the unit's.
        manager: Option<AccountId>,
        /// From this day on.
        from: NaiveDate,
    },
    /// How much the agent works, and by which hours.
    WorkingTimeSet {
        /// The share of full time.
        quota: Quota,
        /// The length of a full-time week under this regime, in minutes: 2250 is 37 h 30.
        full_time_week_minutes: u32,
        /// Whether the part time is spread over the year (CE 8 June 2011 n° 341915).
        annualised: bool,
        /// From this day on.
        from: NaiveDate,
    },
    /// When the agent works.
    WorkPatternSet {
        /// The half-days worked, over one week or a cycle of weeks.
        pattern: WorkCycle,
        /// From this day on.
        from: NaiveDate,
    },
    /// A value recorded by mistake never was: the one before it stays in force.
    EmploymentEntryWithdrawn {
        /// Of which attribute.
        attribute: EmploymentAttribute,
        /// The date from which the value was said to be in force.
        from: NaiveDate,
        /// Why.
        motive: Sealed<String>,
    },
}

impl EmploymentEvent {
    /// The attribute that it is about, and the date from which its value is in force.
    #[must_use]
    pub const fn entry(&self) -> (EmploymentAttribute, NaiveDate) {
        match self {
            Self::ServiceEntered { on } => (EmploymentAttribute::Entry, *on),
            Self::ServiceLeft { on } => (EmploymentAttribute::Exit, *on),
            Self::StatusSet { from, .. } => (EmploymentAttribute::Status, *from),
            Self::CategorySet { from, .. } => (EmploymentAttribute::Category, *from),
            Self::TitleSet { from, .. } => (EmploymentAttribute::Title, *from),
            Self::UnitAssigned { from, .. } => (EmploymentAttribute::Unit, *from),
            Self::ManagerAssigned { from, .. } => (EmploymentAttribute::Manager, *from),
            Self::WorkingTimeSet { from, .. } => (EmploymentAttribute::WorkingTime, *from),
            Self::WorkPatternSet { from, .. } => (EmploymentAttribute::WorkPattern, *from),
            Self::EmploymentEntryWithdrawn { attribute, from, .. } => (*attribute, *from),
        }
    }
}

impl DomainEvent for EmploymentEvent {
    const STREAM: &'static str = "employment";

    const KINDS: &'static [(EventName, i16)] = &[
        ("ServiceEntered", 1),
        ("ServiceLeft", 1),
        ("StatusSet", 1),
        ("CategorySet", 1),
        ("TitleSet", 1),
        ("UnitAssigned", 1),
        ("ManagerAssigned", 1),
        ("WorkingTimeSet", 1),
        ("WorkPatternSet", 1),
        ("EmploymentEntryWithdrawn", 1),
    ];

    fn name(&self) -> EventName {
        match self {
            Self::ServiceEntered { .. } => "ServiceEntered",
            Self::ServiceLeft { .. } => "ServiceLeft",
            Self::StatusSet { .. } => "StatusSet",
            Self::CategorySet { .. } => "CategorySet",
            Self::TitleSet { .. } => "TitleSet",
            Self::UnitAssigned { .. } => "UnitAssigned",
            Self::ManagerAssigned { .. } => "ManagerAssigned",
            Self::WorkingTimeSet { .. } => "WorkingTimeSet",
            Self::WorkPatternSet { .. } => "WorkPatternSet",
            Self::EmploymentEntryWithdrawn { .. } => "EmploymentEntryWithdrawn",
        }
    }
}

/// What is known of an employment by date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmploymentAttribute {
    /// The first day of a time in service.
    Entry,
    /// The last day of a time in service.
    Exit,
    /// What the agent is before the law.
    Status,
    /// The hierarchical category.
    Category,
    /// The title of the post.
    Title,
    /// The unit.
    Unit,
    /// The manager.
    Manager,
    /// The quota and the hours.
    WorkingTime,
    /// The half-days worked.
    WorkPattern,
}

/// A share of full time in hundredths of a per cent: 10,000 is full time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "u16")]
pub struct Quota(u16);

/// A number that is no share of full time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a quota is 1 to 10000 hundredths of a per cent")]
pub struct InvalidQuota;

impl Quota {
    /// Full time.
    pub const FULL: Self = Self(10_000);

    /// So many hundredths of a per cent.
    ///
    /// # Errors
    /// [`InvalidQuota`] for nothing, or more than full time.
    pub const fn new(hundredths: u16) -> Result<Self, InvalidQuota> {
        if hundredths == 0 || hundredths > Self::FULL.0 { Err(InvalidQuota) } else { Ok(Self(hundredths)) }
    }

    /// The exact share.
    #[must_use]
    pub fn ratio(self) -> crate::quantity::Ratio {
        crate::quantity::Ratio::new(i128::from(self.0), i128::from(Self::FULL.0))
    }
}

impl<'de> Deserialize<'de> for Quota {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let hundredths = u16::deserialize(deserializer)?;
        let invalid = |InvalidQuota| de::Error::invalid_value(de::Unexpected::Unsigned(hundredths.into()), &"a quota");
        Self::new(hundredths).map_err(invalid)
    }
}

impl From<Quota> for u16 {
    fn from(quota: Quota) -> Self {
        quota.0
    }
}

/// `80%`, `33.33%`.
impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 % 100 {
            0 => write!(f, "{}%", self.0 / 100),
            rest => write!(f, "{}.{rest:02}%", self.0 / 100),
        }
    }
}
