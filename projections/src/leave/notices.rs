//! Who is told what: a pure function of an event, so that another channel, mail for one, tells the same.

use super::{addressee, to_person};
use events::leave::AbsenceEvent;
use events::{AccountId, LeaveId};
use rules::Ledger;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What somebody is to be told: that something happened, never why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// Who, by function or by name: `manager` (of the agent), `hr`, `hr-health`, `person:…`.
    pub addressee: String,
    /// About which leave or sickness.
    pub absence: Option<Uuid>,
}

/// Whom an event in the ledger of `agent` concerns; `ledger` is his after it.
#[must_use]
pub fn notices(agent: AccountId, ledger: &Ledger, event: &AbsenceEvent) -> BTreeSet<Notice> {
    let told = |leave: LeaveId, who: Vec<String>| {
        let absence = Some(leave.as_uuid());
        who.into_iter().map(|addressee| Notice { addressee, absence }).collect()
    };
    let himself = || to_person(agent);
    let to_agent = |absence: Option<Uuid>| BTreeSet::from([Notice { addressee: himself(), absence }]);
    let with_replacement = |leave: LeaveId, mut who: Vec<String>| {
        let replacement = ledger.leave(leave).and_then(|entry| entry.replacement);
        who.extend(replacement.filter(|one| one.accepted != Some(false)).map(|one| to_person(one.by)));
        told(leave, who)
    };
    match event {
        AbsenceEvent::LeaveRequested { leave, .. } | AbsenceEvent::LeaveAmended { leave, .. } => {
            with_replacement(*leave, deciders(agent, ledger, *leave))
        }
        AbsenceEvent::LeaveStepApproved { leave, .. } => {
            let mut who = deciders(agent, ledger, *leave);
            who.push(himself());
            told(*leave, who)
        }
        AbsenceEvent::LeaveEscalated { leave, to, .. } => told(*leave, vec![addressee(*to, agent)]),
        AbsenceEvent::LeaveWithdrawn { leave } => with_replacement(*leave, route(agent, ledger, *leave)),
        AbsenceEvent::CancellationRequested { leave, .. } => told(*leave, route(agent, ledger, *leave)),
        AbsenceEvent::LeavePartiallyApproved { leave, .. }
        | AbsenceEvent::LeaveApproved { leave, .. }
        | AbsenceEvent::LeaveRefused { leave, .. }
        | AbsenceEvent::CancellationAccepted { leave, .. }
        | AbsenceEvent::CancellationRefused { leave, .. }
        | AbsenceEvent::LeaveCorrected { leave, .. } => with_replacement(*leave, vec![himself()]),
        AbsenceEvent::AbsenceRecorded { leave, .. } => told(*leave, vec![himself()]),
        AbsenceEvent::ReplacementNamed { leave, replacement } => told(*leave, vec![to_person(*replacement)]),
        AbsenceEvent::ReplacementAccepted { leave, .. } | AbsenceEvent::ReplacementDeclined { leave, .. } => {
            told(*leave, vec![himself()])
        }
        AbsenceEvent::SicknessRecorded { sickness, .. }
        | AbsenceEvent::SicknessShortened { sickness, .. }
        | AbsenceEvent::CertificateReceived { sickness, .. } => to_agent(Some(sickness.as_uuid())),
        AbsenceEvent::RightCredited { .. }
        | AbsenceEvent::RightDebited { .. }
        | AbsenceEvent::TimeSavingsSplit { .. }
        | AbsenceEvent::DaysReceived { .. } => to_agent(None),
        AbsenceEvent::StaffingRuleOverridden { .. }
        | AbsenceEvent::ProofAttached { .. }
        | AbsenceEvent::TimeSavingsOpened { .. }
        | AbsenceEvent::TimeSavingsFed { .. }
        | AbsenceEvent::DaysGiven { .. } => BTreeSet::new(),
    }
}

/// Those who may decide the step that is due.
fn deciders(agent: AccountId, ledger: &Ledger, leave: LeaveId) -> Vec<String> {
    let step = ledger.leave(leave).and_then(|entry| entry.current_step());
    step.map(|step| step.by.approvers().iter().map(|one| addressee(*one, agent)).collect()).unwrap_or_default()
}

/// Those who may decide at any step.
fn route(agent: AccountId, ledger: &Ledger, leave: LeaveId) -> Vec<String> {
    let steps = ledger.leave(leave).map(|entry| entry.route.as_slice()).unwrap_or_default();
    steps.iter().flat_map(|step| step.by.approvers()).map(|one| addressee(*one, agent)).collect()
}
