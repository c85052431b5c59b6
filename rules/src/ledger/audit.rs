//! What must never be in a ledger, looked for event by event: the invariants, checked apart from the decisions.

use events::leave::{AbsenceEvent, Charge, Counter};
use events::rule_set::RulesVersion;
use events::validation::{Decider, DecisionCapacity};
use events::{AccountId, Actor, GiftId, HalfDaySet, LeaveId, SicknessId};

use super::{DeclaredGift, Ledger, NoRight};
use crate::quantity::HalfDays;

/// An event that should not have been recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// Two active half-days overlap.
    #[error("a half-day is taken twice")]
    Overlap,
    /// More was charged than the counter was said to hold.
    #[error("a counter was charged {} and held {available}", .charged.in_english())]
    Overdrawn {
        /// What was charged.
        charged: HalfDays,
        /// What there was.
        available: HalfDays,
    },
    /// More was taken off a counter than the rules and the decisions had given.
    #[error("{counter} was taken {} below zero", .by.in_english())]
    BelowZero {
        /// The counter.
        counter: Counter,
        /// What nothing covers.
        by: HalfDays,
    },
    /// A decision on what was decided.
    #[error("leave {leave} was decided while it was not pending")]
    NotPending {
        /// The leave.
        leave: LeaveId,
    },
    /// A decision at a step that was not due.
    #[error("leave {leave} was decided at another step than the one that was due")]
    OtherStep {
        /// The leave.
        leave: LeaveId,
    },
    /// A decision on one's own leave, or in one's own place.
    #[error("leave {leave} was decided by the agent, or in his place")]
    OwnDecision {
        /// The leave.
        leave: LeaveId,
    },
    /// A decision that names another person than the one who acted.
    #[error("leave {leave} was decided by another person than the event names")]
    OtherDecider {
        /// The leave.
        leave: LeaveId,
    },
    /// What human resources record, recorded by the agent himself.
    #[error("the agent acted for human resources in his own matter")]
    OwnMatter,
    /// A gift that somebody else declared or took back.
    #[error("a gift was declared or taken back by another person than the donor")]
    OtherDonor,
    /// A counter of which nothing is saved, or not in that year.
    #[error("{counter} is not saved on a time-savings account then")]
    NotSaved {
        /// The counter.
        counter: Counter,
    },
    /// More was saved than the law lets.
    #[error(
        "{}, {annual_leave} of them annual leave; the law lets {most} be, of them {most_annual_leave}",
        .saved.in_english_as("day was saved", "days were saved")
    )]
    OverSaved {
        /// What was saved.
        saved: HalfDays,
        /// Of it, annual leave and fractionnement.
        annual_leave: HalfDays,
        /// What might have been.
        most: HalfDays,
        /// Of it, annual leave and fractionnement.
        most_annual_leave: HalfDays,
    },
    /// A gift was given or taken back that had been before, or was never declared.
    #[error("gift {gift} was not waiting to be given")]
    NotWaiting {
        /// The gift.
        gift: GiftId,
    },
    /// A counter was credited more than the law gives.
    #[error("{counter} was credited {} and the law leaves room for {room}", .credited.in_english())]
    AboveLaw {
        /// The counter.
        counter: Counter,
        /// What was credited.
        credited: HalfDays,
        /// What might have been.
        room: HalfDays,
    },
    /// Something was given back that was not taken.
    #[error("half-days of leave {leave} were given back that it did not take")]
    NotTaken {
        /// The leave.
        leave: LeaveId,
    },
    /// Something was given back that the agent had not asked to give back.
    #[error("a cancellation of leave {leave} was decided that nobody asked for")]
    NotAsked {
        /// The leave.
        leave: LeaveId,
    },
    /// A leave that was asked for or recorded before.
    #[error("leave {leave} is in the ledger already")]
    Known {
        /// The leave.
        leave: LeaveId,
    },
    /// An event on a leave that was never asked for.
    #[error("leave {leave} is not in the ledger")]
    Unknown {
        /// The leave.
        leave: LeaveId,
    },
    /// An event on a sickness that was never recorded.
    #[error("sickness {sickness} is not in the ledger")]
    UnknownSickness {
        /// The spell.
        sickness: SicknessId,
    },
    /// A sickness was shortened by half-days that were not of it.
    #[error("sickness {sickness} was shortened by half-days that it did not have")]
    NotSick {
        /// The spell.
        sickness: SicknessId,
    },
    /// Rules that had not been activated.
    #[error("the rules {version} had not been activated")]
    UnknownRules {
        /// Their version.
        version: RulesVersion,
    },
    /// Other half-days than the rules count that are named.
    #[error("the half-days are not those that the rules {version} count")]
    Miscounted {
        /// The version of the rules.
        version: RulesVersion,
    },
    /// An employment by which rights cannot be told.
    #[error(transparent)]
    Untold(#[from] NoRight),
}

/// What is wrong with `event` after `before`, in the ledger of `agent`.
#[must_use]
pub fn violations(agent: AccountId, before: &Ledger, event: &AbsenceEvent) -> Vec<Violation> {
    let mut found = Vec::new();
    match event {
        AbsenceEvent::LeaveRequested { leave, charges, .. } | AbsenceEvent::AbsenceRecorded { leave, charges, .. } => {
            if before.leave(*leave).is_some() {
                found.push(Violation::Known { leave: *leave });
            }
            charged(&mut found, &before.away(), charges);
        }
        AbsenceEvent::LeaveAmended { leave, charges, .. } => {
            pending(&mut found, before, *leave, None);
            charged(&mut found, &before.without(*leave).away(), charges);
        }
        AbsenceEvent::LeaveWithdrawn { leave } => pending(&mut found, before, *leave, None),
        AbsenceEvent::LeaveEscalated { leave, step, .. } => pending(&mut found, before, *leave, Some(*step)),
        AbsenceEvent::LeaveStepApproved { leave, step, decider, .. }
        | AbsenceEvent::LeaveApproved { leave, step, decider, .. }
        | AbsenceEvent::LeaveRefused { leave, step, decider, .. } => {
            pending(&mut found, before, *leave, Some(*step));
            decided(&mut found, agent, *leave, *decider);
        }
        AbsenceEvent::LeavePartiallyApproved { leave, step, refused, decider, .. } => {
            pending(&mut found, before, *leave, Some(*step));
            decided(&mut found, agent, *leave, *decider);
            given_back(&mut found, before, *leave, refused);
        }
        AbsenceEvent::StaffingRuleOverridden { leave, decider, .. } => {
            pending(&mut found, before, *leave, None);
            decided(&mut found, agent, *leave, *decider);
        }
        AbsenceEvent::CancellationRequested { leave, half_days, .. } => {
            given_back(&mut found, before, *leave, half_days);
        }
        AbsenceEvent::CancellationAccepted { leave, half_days, decider } => {
            decided(&mut found, agent, *leave, *decider);
            asked_back(&mut found, before, *leave, Some(half_days));
            given_back(&mut found, before, *leave, half_days);
        }
        AbsenceEvent::CancellationRefused { leave, decider, .. } => {
            decided(&mut found, agent, *leave, *decider);
            asked_back(&mut found, before, *leave, None);
        }
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
        AbsenceEvent::SicknessShortened { sickness, released, .. } => match before.sickness(*sickness) {
            Some(spell) if released.is_within(&spell.half_days) => {}
            Some(_) => found.push(Violation::NotSick { sickness: *sickness }),
            None => found.push(Violation::UnknownSickness { sickness: *sickness }),
        },
        AbsenceEvent::CertificateReceived { sickness, .. } | AbsenceEvent::CertificateCorrected { sickness, .. } => {
            if before.sickness(*sickness).is_none() {
                found.push(Violation::UnknownSickness { sickness: *sickness });
            }
        }
        AbsenceEvent::ReplacementNamed { leave, .. }
        | AbsenceEvent::ReplacementAccepted { leave, .. }
        | AbsenceEvent::ReplacementDeclined { leave, .. } => {
            if before.leave(*leave).is_none() {
                found.push(Violation::Unknown { leave: *leave });
            }
        }
        AbsenceEvent::ProofAttached { .. }
        | AbsenceEvent::RightCredited { .. }
        | AbsenceEvent::RightDebited { .. }
        | AbsenceEvent::TimeSavingsOpened { .. }
        | AbsenceEvent::TimeSavingsFed { .. }
        | AbsenceEvent::TimeSavingsSplit { .. }
        | AbsenceEvent::GiftDeclared { .. }
        | AbsenceEvent::LossAnnounced { .. }
        | AbsenceEvent::OverdraftAnnounced { .. }
        | AbsenceEvent::DaysReceived { .. } => {}
        AbsenceEvent::GiftWithdrawn { gift } | AbsenceEvent::DaysGiven { gift, .. } => {
            if !matches!(before.declared_gift(*gift), Some(DeclaredGift::Waiting { .. })) {
                found.push(Violation::NotWaiting { gift: *gift });
            }
        }
    }
    found
}

/// What is wrong with `actor` having recorded `event` in the ledger of `agent`.
#[must_use]
pub fn acted_wrongly(agent: AccountId, actor: Actor, event: &AbsenceEvent) -> Option<Violation> {
    let decision = match event {
        AbsenceEvent::LeaveStepApproved { leave, decider, .. }
        | AbsenceEvent::LeaveApproved { leave, decider, .. }
        | AbsenceEvent::LeaveRefused { leave, decider, .. }
        | AbsenceEvent::LeavePartiallyApproved { leave, decider, .. }
        | AbsenceEvent::StaffingRuleOverridden { leave, decider, .. }
        | AbsenceEvent::CancellationAccepted { leave, decider, .. }
        | AbsenceEvent::CancellationRefused { leave, decider, .. } => Some((*leave, decider.account)),
        AbsenceEvent::LeaveCorrected { leave, by, .. } => Some((*leave, *by)),
        _ => None,
    };
    let for_hr = matches!(
        event,
        AbsenceEvent::RightCredited { .. }
            | AbsenceEvent::RightDebited { .. }
            | AbsenceEvent::AbsenceRecorded { .. }
            | AbsenceEvent::SicknessRecorded { .. }
            | AbsenceEvent::SicknessShortened { .. }
            | AbsenceEvent::CertificateReceived { .. }
            | AbsenceEvent::CertificateCorrected { .. }
            | AbsenceEvent::TimeSavingsSplit { chosen: false, .. }
            | AbsenceEvent::DaysGiven { .. }
            | AbsenceEvent::DaysReceived { .. }
    );
    let of_donor = matches!(event, AbsenceEvent::GiftDeclared { .. } | AbsenceEvent::GiftWithdrawn { .. });
    let by_another = actor != Actor::Account(agent);
    match decision {
        Some((leave, by)) if actor != Actor::Account(by) => Some(Violation::OtherDecider { leave }),
        _ if for_hr && !by_another => Some(Violation::OwnMatter),
        _ if by_another && of_donor => Some(Violation::OtherDonor),
        _ => None,
    }
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

fn pending(found: &mut Vec<Violation>, before: &Ledger, leave: LeaveId, step: Option<u16>) {
    let Some(entry) = before.leave(leave) else { return found.push(Violation::Unknown { leave }) };
    match entry.pending() {
        Some(pending) if step.is_none_or(|step| step == pending.step) => {}
        Some(_) => found.push(Violation::OtherStep { leave }),
        None => found.push(Violation::NotPending { leave }),
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

/// A cancellation is decided as it was asked for.
fn asked_back(found: &mut Vec<Violation>, before: &Ledger, leave: LeaveId, half_days: Option<&HalfDaySet>) {
    let asked = before.leave(leave).and_then(|entry| entry.cancellation.as_ref());
    if asked.is_none_or(|asked| half_days.is_some_and(|half_days| half_days != asked)) {
        found.push(Violation::NotAsked { leave });
    }
}
