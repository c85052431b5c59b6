//! What must never be in a ledger, looked for event by event: the invariants, checked apart from the decisions.

use events::leave::{AbsenceEvent, Charge};
use events::validation::{Decider, DecisionCapacity};
use events::{AccountId, HalfDaySet, LeaveId};

use super::Ledger;
use super::leave::LeaveStatus;
use crate::quantity::HalfDays;

/// An event that should not have been recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// Two active half-days overlap.
    #[error("a half-day is taken twice")]
    Overlap,
    /// More was charged than the counter held.
    #[error("a counter was charged {charged} days and held {available}")]
    Overdrawn {
        /// What was charged.
        charged: HalfDays,
        /// What there was.
        available: HalfDays,
    },
    /// A decision on what was decided.
    #[error("leave {leave} was decided while it was not pending")]
    NotPending {
        /// The leave.
        leave: LeaveId,
    },
    /// A decision on one's own leave, or in one's own place.
    #[error("leave {leave} was decided by the agent, or in his place")]
    OwnDecision {
        /// The leave.
        leave: LeaveId,
    },
    /// Something was given back that was not taken.
    #[error("half-days of leave {leave} were given back that it did not take")]
    NotTaken {
        /// The leave.
        leave: LeaveId,
    },
    /// An event on a leave that was never asked for.
    #[error("leave {leave} is not in the ledger")]
    Unknown {
        /// The leave.
        leave: LeaveId,
    },
}

/// What is wrong with `event` after `before`, in the ledger of `agent`.
#[must_use]
pub fn violations(agent: AccountId, before: &Ledger, event: &AbsenceEvent) -> Vec<Violation> {
    let mut found = Vec::new();
    match event {
        AbsenceEvent::LeaveRequested { charges, .. } | AbsenceEvent::AbsenceRecorded { charges, .. } => {
            charged(&mut found, &before.away(), charges);
        }
        AbsenceEvent::LeaveAmended { leave, charges, .. } => {
            pending(&mut found, before, *leave);
            charged(&mut found, &before.without(*leave).away(), charges);
        }
        AbsenceEvent::LeaveWithdrawn { leave } => pending(&mut found, before, *leave),
        AbsenceEvent::LeaveStepApproved { leave, decider, .. }
        | AbsenceEvent::LeaveApproved { leave, decider, .. }
        | AbsenceEvent::LeaveRefused { leave, decider, .. } => {
            pending(&mut found, before, *leave);
            decided(&mut found, agent, *leave, *decider);
        }
        AbsenceEvent::LeavePartiallyApproved { leave, refused, decider, .. } => {
            pending(&mut found, before, *leave);
            decided(&mut found, agent, *leave, *decider);
            given_back(&mut found, before, *leave, refused);
        }
        AbsenceEvent::CancellationAccepted { leave, half_days, decider } => {
            decided(&mut found, agent, *leave, *decider);
            given_back(&mut found, before, *leave, half_days);
        }
        AbsenceEvent::CancellationRefused { leave, decider, .. }
        | AbsenceEvent::StaffingRuleOverridden { leave, decider, .. } => decided(&mut found, agent, *leave, *decider),
        AbsenceEvent::LeaveCorrected { leave, released, charges, by, .. } => {
            if *by == agent {
                found.push(Violation::OwnDecision { leave: *leave });
            }
            given_back(&mut found, before, *leave, released);
            charged(&mut found, &before.away().without(released), charges);
        }
        AbsenceEvent::SicknessRecorded { half_days, recredited, .. } => {
            let mut away = before.away();
            for recredit in recredited {
                given_back(&mut found, before, recredit.leave, &recredit.half_days);
                away = away.without(&recredit.half_days);
            }
            if !away.and(half_days).is_empty() {
                found.push(Violation::Overlap);
            }
        }
        AbsenceEvent::LeaveEscalated { .. }
        | AbsenceEvent::CancellationRequested { .. }
        | AbsenceEvent::SicknessShortened { .. }
        | AbsenceEvent::CertificateReceived { .. }
        | AbsenceEvent::ReplacementNamed { .. }
        | AbsenceEvent::ReplacementAccepted { .. }
        | AbsenceEvent::ReplacementDeclined { .. }
        | AbsenceEvent::ProofAttached { .. }
        | AbsenceEvent::RightCredited { .. }
        | AbsenceEvent::RightDebited { .. }
        | AbsenceEvent::TimeSavingsOpened { .. }
        | AbsenceEvent::TimeSavingsFed { .. }
        | AbsenceEvent::TimeSavingsSplit { .. }
        | AbsenceEvent::DaysGiven { .. }
        | AbsenceEvent::DaysReceived { .. } => {}
    }
    found
}

fn charged(found: &mut Vec<Violation>, away: &HalfDaySet, charges: &[Charge]) {
    let mut taken = away.clone();
    for charge in charges {
        if !taken.and(&charge.half_days).is_empty() {
            found.push(Violation::Overlap);
        }
        taken = taken.or(&charge.half_days);
        let charged = charge.half_days.count();
        if let Some(available) = charge.available.filter(|available| charged > *available) {
            found.push(Violation::Overdrawn { charged, available });
        }
    }
}

fn pending(found: &mut Vec<Violation>, before: &Ledger, leave: LeaveId) {
    match before.leave(leave).map(|entry| &entry.status) {
        Some(LeaveStatus::Pending(_)) => {}
        Some(_) => found.push(Violation::NotPending { leave }),
        None => found.push(Violation::Unknown { leave }),
    }
}

fn decided(found: &mut Vec<Violation>, agent: AccountId, leave: LeaveId, decider: Decider) {
    let in_place_of_agent = matches!(decider.capacity, DecisionCapacity::Delegate { of, .. } if of == agent);
    if decider.account == agent || in_place_of_agent {
        found.push(Violation::OwnDecision { leave });
    }
}

fn given_back(found: &mut Vec<Violation>, before: &Ledger, leave: LeaveId, half_days: &HalfDaySet) {
    match before.leave(leave) {
        Some(entry) if half_days.is_within(&entry.active()) => {}
        Some(_) => found.push(Violation::NotTaken { leave }),
        None => found.push(Violation::Unknown { leave }),
    }
}
