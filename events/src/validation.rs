//! Who decides on a leave: routes of validation as data, and in which capacity a decision was taken.

use crate::leave::LeaveType;
use crate::quantity::HalfDays;
use crate::{AccountId, DelegationId};
use serde::{Deserialize, Serialize};

/// A route, and the requests that take it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteRule {
    /// For leave of these types; of any, when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<LeaveType>,
    /// For requests of more than this; of any length, without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longer_than: Option<HalfDays>,
    /// The steps, one after the other; with none, the request is granted at once.
    pub steps: Vec<Step>,
}

/// One step of a route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Who decides.
    pub by: Quorum,
    /// Who else may, once the step has waited too long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation: Option<Escalation>,
}

/// How many of the approvers of a step it takes to approve. One is enough to refuse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quorum {
    /// One of them.
    AnyOf(Vec<Approver>),
    /// Each of them, and each another person, but for who is meant twice: by name, or as the manager.
    AllOf(Vec<Approver>),
}

impl Quorum {
    /// Those who may decide.
    #[must_use]
    pub fn approvers(&self) -> &[Approver] {
        match self {
            Self::AnyOf(approvers) | Self::AllOf(approvers) => approvers,
        }
    }
}

/// Somebody who may decide, by function rather than by name where that is possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Approver {
    /// The agent's manager on the day of the decision; human resources for who has none.
    Manager,
    /// Human resources.
    Hr,
    /// The health officers of human resources.
    HrHealth,
    /// This person.
    Person(AccountId),
}

impl Approver {
    /// Who is meant by name.
    #[must_use]
    pub const fn person(self) -> Option<AccountId> {
        match self {
            Self::Person(person) => Some(person),
            Self::Manager | Self::Hr | Self::HrHealth => None,
        }
    }

    /// The stored name; of any person, `person`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manager => "manager",
            Self::Hr => "hr",
            Self::HrHealth => "hr-health",
            Self::Person(_) => "person",
        }
    }
}

/// What follows when nobody decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// Days that the step waits.
    pub after_days: u16,
    /// Who may decide then, besides.
    pub to: Approver,
}

/// Who took a decision, and by what right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decider {
    /// The person.
    pub account: AccountId,
    /// The capacity used.
    pub capacity: DecisionCapacity,
}

/// By what right somebody decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecisionCapacity {
    /// As one of the approvers himself.
    Approver(Approver),
    /// In place of an approver.
    Delegate {
        /// As whom.
        approver: Approver,
        /// Who delegated.
        of: AccountId,
        /// By which delegation.
        delegation: DelegationId,
    },
}

impl DecisionCapacity {
    /// The approver in whose place the decision stands.
    #[must_use]
    pub const fn approver(self) -> Approver {
        match self {
            Self::Approver(approver) | Self::Delegate { approver, .. } => approver,
        }
    }
}
