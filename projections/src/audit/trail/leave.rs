//! What the trail says of leave: who did or decided what of whose, and by what right. Neither motives nor reasons nor
//! anything medical is in it, nor what kind of leave it was.

use super::rows::Entries;
use super::said::Said;
use super::{AuditTrail, NAME};
use crate::{Declaration, Fold, ProjectionError, Stream};
use async_trait::async_trait;
use esrs::handler::TransactionalEventHandler;
use esrs::store::StoreEvent;
use events::audit::Outcome;
use events::calendar_feed::CalendarFeedEvent;
use events::delegation::DelegationEvent;
use events::employment::EmploymentEvent;
use events::leave::{AbsenceEvent, ProofSubject};
use events::rule_set::RuleSetEvent;
use events::unit::UnitEvent;
use events::validation::{Decider, DecisionCapacity};
use std::fmt::Display;
use uuid::Uuid;

/// Lets the trail read the streams of leave.
pub(super) fn admitted(trail: Declaration<Entries>) -> Declaration<Entries> {
    trail
        .reads::<AbsenceEvent, _>(AuditTrail)
        .reads::<EmploymentEvent, _>(AuditTrail)
        .reads::<DelegationEvent, _>(AuditTrail)
        .reads::<UnitEvent, _>(AuditTrail)
        .reads::<RuleSetEvent, _>(AuditTrail)
        .reads::<CalendarFeedEvent, _>(AuditTrail)
}

/// Lets the trail tell of each event of a vocabulary what is said of it: `said(stream, event)`.
macro_rules! told {
    ($($event:ty => $said:path),+ $(,)?) => {$(
        #[async_trait]
        impl TransactionalEventHandler<Stream<$event>, ProjectionError, Fold<Entries>> for AuditTrail {
            fn name(&self) -> &'static str {
                NAME
            }

            async fn handle(&self, event: &StoreEvent<$event>, fold: &mut Fold<Entries>) -> Result<(), ProjectionError> {
                fold.rows.add(&fold.recorded, true, $said(event.aggregate_id, &event.payload))
            }
        }
    )+};
}

told! {
    AbsenceEvent => of_absence,
    EmploymentEvent => of_employment,
    DelegationEvent => of_delegation,
    UnitEvent => of_unit,
    RuleSetEvent => of_rules,
    CalendarFeedEvent => of_feed,
}

fn done(agent: Option<Uuid>) -> Said<'static> {
    Said::of(agent, Outcome::Success)
}

fn about(agent: Option<Uuid>, what: impl Display) -> Said<'static> {
    Said { detail: Some(what.to_string().into()), ..done(agent) }
}

/// Of the ledger of `agent`: the leave, the sickness, the proof, the credit or the gift, and by what right it was decided.
fn of_absence(agent: Uuid, event: &AbsenceEvent) -> Said<'static> {
    let agent = Some(agent);
    match event {
        AbsenceEvent::LeaveRequested { leave, .. }
        | AbsenceEvent::LeaveAmended { leave, .. }
        | AbsenceEvent::LeaveWithdrawn { leave }
        | AbsenceEvent::LeaveEscalated { leave, .. }
        | AbsenceEvent::CancellationRequested { leave, .. }
        | AbsenceEvent::LeaveCorrected { leave, .. }
        | AbsenceEvent::AbsenceRecorded { leave, .. } => about(agent, leave),
        AbsenceEvent::LeaveStepApproved { leave, decider, .. }
        | AbsenceEvent::LeavePartiallyApproved { leave, decider, .. }
        | AbsenceEvent::LeaveApproved { leave, decider, .. }
        | AbsenceEvent::StaffingRuleOverridden { leave, decider, .. }
        | AbsenceEvent::CancellationAccepted { leave, decider, .. } => {
            about(agent, format!("{leave} {}", right(*decider)))
        }
        AbsenceEvent::LeaveRefused { leave, decider, .. }
        | AbsenceEvent::CancellationRefused { leave, decider, .. } => {
            Said { outcome: Outcome::Refused, ..about(agent, format!("{leave} {}", right(*decider))) }
        }
        AbsenceEvent::ReplacementNamed { leave, replacement }
        | AbsenceEvent::ReplacementAccepted { leave, replacement }
        | AbsenceEvent::ReplacementDeclined { leave, replacement } => about(agent, format!("{leave} {replacement}")),
        AbsenceEvent::SicknessRecorded { sickness, .. }
        | AbsenceEvent::SicknessShortened { sickness, .. }
        | AbsenceEvent::CertificateReceived { sickness, .. }
        | AbsenceEvent::CertificateCorrected { sickness, .. } => about(agent, sickness),
        AbsenceEvent::ProofAttached { proof, of: ProofSubject::Leave(leave), .. } => {
            about(agent, format!("{proof} {leave}"))
        }
        AbsenceEvent::ProofAttached { proof, of: ProofSubject::Sickness(sickness), .. } => {
            about(agent, format!("{proof} {sickness}"))
        }
        AbsenceEvent::RightCredited { credit, .. } | AbsenceEvent::RightDebited { credit, .. } => about(agent, credit),
        AbsenceEvent::GiftDeclared { gift, .. }
        | AbsenceEvent::GiftWithdrawn { gift }
        | AbsenceEvent::DaysGiven { gift, .. }
        | AbsenceEvent::DaysReceived { gift, .. } => about(agent, gift),
        AbsenceEvent::TimeSavingsOpened { .. }
        | AbsenceEvent::TimeSavingsFed { .. }
        | AbsenceEvent::TimeSavingsSplit { .. }
        | AbsenceEvent::LossAnnounced { .. }
        | AbsenceEvent::OverdraftAnnounced { .. } => done(agent),
    }
}

/// The capacity used: `manager`, `hr`, `hr-health`, `person`; behind it, in whose place and by which delegation.
fn right(decider: Decider) -> String {
    let name = decider.capacity.approver().as_str();
    match decider.capacity {
        DecisionCapacity::Approver(_) => name.to_owned(),
        DecisionCapacity::Delegate { of, delegation, .. } => format!("{name} {of} {delegation}"),
    }
}

fn of_employment(agent: Uuid, _: &EmploymentEvent) -> Said<'static> {
    done(Some(agent))
}

/// Of a delegation: it is about who delegates.
fn of_delegation(delegation: Uuid, event: &DelegationEvent) -> Said<'static> {
    match event {
        DelegationEvent::DelegationGranted { from, to, first, last, .. } => {
            about(Some(from.as_uuid()), format!("{delegation} {to} {first} {last}"))
        }
        DelegationEvent::DelegationRevoked { .. } => about(None, delegation),
    }
}

/// Of a unit: it is about who leads it from then on, where that is what happened.
fn of_unit(unit: Uuid, event: &UnitEvent) -> Said<'static> {
    match event {
        UnitEvent::UnitManagerAppointed { manager, .. } => about(manager.map(Uuid::from), unit),
        UnitEvent::UnitOpened { .. }
        | UnitEvent::UnitRenamed { .. }
        | UnitEvent::UnitClosed { .. }
        | UnitEvent::UnitManagerAppointmentWithdrawn { .. }
        | UnitEvent::StaffingRulesSet { .. }
        | UnitEvent::ValidationRoutesSet { .. } => about(None, unit),
    }
}

fn of_rules(_: Uuid, event: &RuleSetEvent) -> Said<'static> {
    match event {
        RuleSetEvent::RuleSetActivated { version, .. } => about(None, version),
    }
}

/// Of a feed: it is about who reads it, where that is said.
fn of_feed(feed: Uuid, event: &CalendarFeedEvent) -> Said<'static> {
    match event {
        CalendarFeedEvent::CalendarFeedOpened { owner, .. } => about(Some(owner.as_uuid()), feed),
        CalendarFeedEvent::CalendarFeedRevoked {} => about(None, feed),
    }
}
