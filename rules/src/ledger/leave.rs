use chrono::{DateTime, Days, NaiveDate, Utc};
use events::date::in_paris;
use events::leave::{CertificateTiming, Charge, LeaveType, Occasion, Warning};
use events::rule_set::RulesVersion;
use events::validation::{Decider, Escalation, Quorum, Step};
use events::{AccountId, HalfDaySet, UnitId};
use serde::{Deserialize, Serialize};

use crate::consecutive::joined;
use crate::period::{HalfDay, Period};
use crate::quantity::HalfDays;

/// One leave as its events leave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leave {
    /// What it is.
    pub leave_type: LeaveType,
    /// From when to when, as asked.
    pub period: Period,
    /// What it takes: half-days that were refused, given back or released are no longer in it.
    pub charges: Vec<Charge>,
    /// What it took when it was asked for.
    pub asked: HalfDays,
    /// The rules that it was counted by.
    pub rules: RulesVersion,
    /// The unit that the agent belonged to.
    pub unit: Option<UnitId>,
    /// How often the agent has amended it; 0 in rows of an older fold, until they are folded anew.
    #[serde(default)]
    pub revision: u32,
    /// What agent and validator are told; nothing in rows of an older fold, until they are folded anew.
    #[serde(default)]
    pub warnings: Vec<Warning>,
    /// What a special absence is for, or what is said of the child that a family leave is for.
    #[serde(default)]
    pub occasion: Option<Occasion>,
    /// What has been decided.
    pub status: LeaveStatus,
    /// What it takes no more: half-days that were refused, given back or released; nothing in rows of an older fold, until
    /// they are folded anew.
    #[serde(default)]
    pub released: HalfDaySet,
    /// Those of the released that it never took as granted: refused when the rest was approved, and not added since.
    #[serde(default)]
    pub declined: HalfDaySet,
    /// The half-days that the agent asked to give back.
    pub cancellation: Option<HalfDaySet>,
    /// Who stands in.
    pub replacement: Option<Replacement>,
    /// The steps of its validation.
    pub route: Vec<Step>,
}

/// What has been decided on a leave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeaveStatus {
    /// Nothing yet: it reserves.
    Pending(Pending),
    /// Granted.
    Granted,
    /// Refused.
    Refused,
    /// Taken back by the agent.
    Withdrawn,
}

impl LeaveStatus {
    /// The stable name.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Pending(_) => "pending",
            Self::Granted => "granted",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// Where a request stands on its route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The step, from 0.
    pub step: u16,
    /// Since when it waits there.
    pub since: DateTime<Utc>,
    /// Who approved at this step.
    pub approvals: Vec<Decider>,
    /// Whether it was escalated at this step.
    pub escalated: bool,
    /// Whether an approver let it pass although staffing rules are broken.
    pub overridden: bool,
}

impl Pending {
    pub(super) const fn at(step: u16, since: DateTime<Utc>, overridden: bool) -> Self {
        Self { step, since, approvals: Vec::new(), escalated: false, overridden }
    }

    /// The day in Paris from which on somebody else may decide too.
    #[must_use]
    pub fn escalates_on(&self, escalation: Escalation) -> NaiveDate {
        let days = Days::new(escalation.after_days.into());
        in_paris(self.since).checked_add_days(days).unwrap_or(NaiveDate::MAX)
    }
}

/// A colleague asked to stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacement {
    /// The colleague.
    pub by: AccountId,
    /// Whether he will; none while he has not said.
    pub accepted: Option<bool>,
}

/// One spell of sickness as its events leave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sickness {
    /// From when to when, as recorded.
    pub period: Period,
    /// The half-days on which the agent was due and is sick.
    pub half_days: HalfDaySet,
    /// Whether it ended earlier than recorded, or never was.
    #[serde(default)]
    pub shortened: bool,
    /// When its certificate was issued, and whether it came in time.
    pub certificate: Option<(NaiveDate, CertificateTiming)>,
}

impl Sickness {
    /// Whether it was recorded by mistake: nothing is left of it.
    #[must_use]
    pub fn is_void(&self) -> bool {
        self.shortened && self.half_days.is_empty()
    }
}

impl Leave {
    /// The half-days that it takes now: none once it is refused or withdrawn.
    #[must_use]
    pub fn active(&self) -> HalfDaySet {
        self.charges.iter().flat_map(|charge| charge.half_days.iter()).collect()
    }

    /// The half-days that it takes now, and those that it took once it was granted.
    #[must_use]
    pub fn ever_active(&self) -> HalfDaySet {
        self.active().or(&self.released.without(&self.declined))
    }

    /// From when to when it is now: as it was asked for while it takes as much, else from its first to its last half-day
    /// that counts; none when none does.
    #[must_use]
    pub fn span(&self) -> Option<Period> {
        let active = self.active();
        let (first, last) = (active.first()?, active.last()?);
        if self.is_as_asked(&active) { Some(self.period) } else { Period::new(first, last).ok() }
    }

    /// The stretches of days that it takes now, those on which nothing is due within them: while it takes as much as was
    /// asked for, its period, else without those that were given back.
    #[must_use]
    pub fn stretches(&self, is_due: impl Fn(HalfDay) -> bool) -> Vec<Period> {
        let active = self.active();
        if self.is_as_asked(&active) {
            return vec![self.period];
        }
        spans(&active, is_due)
    }

    fn is_as_asked(&self, active: &HalfDaySet) -> bool {
        let ends = [active.first(), active.last()];
        active.count() == self.asked && ends.iter().all(|end| end.is_some_and(|end| self.period.contains(end)))
    }

    /// Where it stands on its route, while it is not decided.
    #[must_use]
    pub const fn pending(&self) -> Option<&Pending> {
        match &self.status {
            LeaveStatus::Pending(pending) => Some(pending),
            LeaveStatus::Granted | LeaveStatus::Refused | LeaveStatus::Withdrawn => None,
        }
    }

    /// The step that is due.
    #[must_use]
    pub fn current_step(&self) -> Option<&Step> {
        self.route.get(usize::from(self.pending()?.step))
    }

    /// Whether one more approval decides the step that is due.
    #[must_use]
    pub fn awaits_one_approval(&self) -> bool {
        let (Some(step), Some(pending)) = (self.current_step(), self.pending()) else { return false };
        match &step.by {
            Quorum::AnyOf(_) => true,
            Quorum::AllOf(approvers) => pending.approvals.len() + 1 >= approvers.len(),
        }
    }

    /// Whether the step that is due is the last.
    #[must_use]
    pub fn is_at_last_step(&self) -> bool {
        self.pending().is_some_and(|pending| usize::from(pending.step) + 1 >= self.route.len())
    }

    pub(super) fn release(&mut self, half_days: &HalfDaySet) {
        self.released = self.released.or(half_days);
        for charge in &mut self.charges {
            charge.half_days = charge.half_days.without(half_days);
        }
        self.charges.retain(|charge| !charge.half_days.is_empty());
        self.cancellation =
            self.cancellation.take().map(|asked| asked.without(half_days)).filter(|asked| !asked.is_empty());
    }
}

/// The periods that these half-days of absence make, each from its first to its last: those between which nothing is
/// due are one.
pub(super) fn spans(away: &HalfDaySet, is_due: impl Fn(HalfDay) -> bool) -> Vec<Period> {
    let stretches = joined(away, is_due).into_iter();
    let spans = stretches.filter_map(|one| {
        let last = away.iter().rfind(|at| *at < one.back)?;
        Period::new(one.first, last).ok()
    });
    spans.collect()
}
