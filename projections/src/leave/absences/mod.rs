//! Absences: a row a leave and a row a sickness, what of them waits for whom, and who is told.

#[macro_use]
mod managed;
pub mod notices;
mod query;
pub mod queue;
mod rows;

pub use query::{Absence, Away, Count, away, between, by_id, by_ids, last_changes, leaves_of, overview};

use crate::{Fold, Projection, ProjectionError, Rows, Stream};
use async_trait::async_trait;
use esrs::handler::TransactionalEventHandler;
use esrs::store::StoreEvent;
use events::leave::{AbsenceEvent, ProofSubject};
use events::{AccountId, DomainEvent, LeaveId};
use journal::Recorded;
use rows::Touch;
use rules::Ledger;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The name of the projection.
pub const NAME: &str = "absences_v1";

/// How often who is told what has changed, beside the fold of the ledger.
const TOLD: i32 = 3;

/// The projection.
#[must_use]
pub fn projection() -> Projection {
    Projection::named::<Touched>(NAME, Ledger::FOLD + TOLD, &["absences_v1", "leave_queue_v1", "leave_notices_v1"])
        .reads::<AbsenceEvent, _>(Absences)
        .declared()
}

#[derive(Debug)]
struct Absences;

#[async_trait]
impl TransactionalEventHandler<Stream<AbsenceEvent>, ProjectionError, Fold<Touched>> for Absences {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn handle(&self, event: &StoreEvent<AbsenceEvent>, fold: &mut Fold<Touched>) -> Result<(), ProjectionError> {
        let agent = AccountId::from_uuid(event.aggregate_id);
        let position = fold.recorded.position;
        let touched = touched(&event.payload);
        let stood_in = touched.first().and_then(|absence| {
            fold.rows.absences.get(absence)?.ledger.leave(LeaveId::from_uuid(*absence))?.replacement
        });
        for absence in &touched {
            let row = fold.rows.absences.entry(*absence).or_insert_with(|| Touch::new(agent, event.occurred_on));
            row.fold(&event.payload, event.occurred_on, position);
        }
        let after = touched.first().and_then(|absence| fold.rows.absences.get(absence)).map(|row| &row.ledger);
        let told = notices::of(agent, after.unwrap_or(&Ledger::default()), &event.payload);
        let told = told.into_iter().map(|notice| (DomainEvent::name(&event.payload), notice));
        let given_back = given_back(&event.payload)
            .filter_map(|leave| Some((leave, &fold.rows.absences.get(&leave.as_uuid())?.ledger)));
        let given_back = notices::of_given_back(agent, given_back);
        let given_back = given_back.into_iter().map(|notice| (notices::DAYS_GIVEN_BACK, notice));
        let released = notices::of_replaced(stood_in, &event.payload);
        let released = released.map(|notice| (notices::REPLACEMENT_RELEASED, notice));
        let loss = notices::Loss::announced(&event.payload);
        fold.rows.notices.extend(told.chain(given_back).chain(released).map(|(name, notice)| notices::Row {
            position,
            agent,
            notice,
            name,
            loss: loss.clone(),
            occurred_at: event.occurred_on,
        }));
        Ok(())
    }
}

/// The leaves of which sickness gives half-days back.
fn given_back(event: &AbsenceEvent) -> impl Iterator<Item = LeaveId> {
    let recredited = match event {
        AbsenceEvent::SicknessRecorded { recredited, .. } => recredited.as_slice(),
        _ => &[],
    };
    recredited.iter().map(|recredit| recredit.leave)
}

/// The absences that an event is about, the one that it names first.
#[must_use]
pub fn touched(event: &AbsenceEvent) -> Vec<Uuid> {
    match event {
        AbsenceEvent::LeaveRequested { leave, .. }
        | AbsenceEvent::LeaveAmended { leave, .. }
        | AbsenceEvent::LeaveWithdrawn { leave }
        | AbsenceEvent::LeaveStepApproved { leave, .. }
        | AbsenceEvent::LeavePartiallyApproved { leave, .. }
        | AbsenceEvent::LeaveApproved { leave, .. }
        | AbsenceEvent::LeaveRefused { leave, .. }
        | AbsenceEvent::LeaveEscalated { leave, .. }
        | AbsenceEvent::StaffingRuleOverridden { leave, .. }
        | AbsenceEvent::CancellationRequested { leave, .. }
        | AbsenceEvent::CancellationAccepted { leave, .. }
        | AbsenceEvent::CancellationRefused { leave, .. }
        | AbsenceEvent::LeaveCorrected { leave, .. }
        | AbsenceEvent::AbsenceRecorded { leave, .. }
        | AbsenceEvent::ReplacementNamed { leave, .. }
        | AbsenceEvent::ReplacementAccepted { leave, .. }
        | AbsenceEvent::ReplacementDeclined { leave, .. }
        | AbsenceEvent::ProofAttached { of: ProofSubject::Leave(leave), .. } => vec![leave.as_uuid()],
        AbsenceEvent::SicknessRecorded { sickness, recredited, .. } => {
            let recredited = recredited.iter().map(|recredit| recredit.leave.as_uuid());
            [sickness.as_uuid()].into_iter().chain(recredited).collect()
        }
        AbsenceEvent::SicknessShortened { sickness, .. }
        | AbsenceEvent::CertificateReceived { sickness, .. }
        | AbsenceEvent::CertificateCorrected { sickness, .. }
        | AbsenceEvent::ProofAttached { of: ProofSubject::Sickness(sickness), .. } => vec![sickness.as_uuid()],
        AbsenceEvent::RightCredited { .. }
        | AbsenceEvent::RightDebited { .. }
        | AbsenceEvent::TimeSavingsOpened { .. }
        | AbsenceEvent::TimeSavingsFed { .. }
        | AbsenceEvent::TimeSavingsSplit { .. }
        | AbsenceEvent::GiftDeclared { .. }
        | AbsenceEvent::GiftWithdrawn { .. }
        | AbsenceEvent::DaysGiven { .. }
        | AbsenceEvent::LossAnnounced { .. }
        | AbsenceEvent::OverdraftAnnounced { .. }
        | AbsenceEvent::DaysReceived { .. } => Vec::new(),
    }
}

/// The absences that the events of one batch are about, and what they tell whom.
struct Touched {
    absences: BTreeMap<Uuid, Touch>,
    notices: Vec<notices::Row>,
}

#[async_trait]
impl Rows for Touched {
    async fn load(page: &[Recorded], connection: &mut PgConnection) -> Result<Self, ProjectionError> {
        // What cannot be decoded is said by its handler, which names the event.
        let decoded = page.iter().filter_map(|recorded| recorded.decode::<AbsenceEvent>().ok());
        let absences: BTreeSet<Uuid> = decoded.flat_map(|event| touched(&event)).collect();
        Ok(Self { absences: rows::load(&absences, connection).await?, notices: Vec::new() })
    }

    async fn write(self, connection: &mut PgConnection) -> Result<(), ProjectionError> {
        rows::write(&self.absences, connection).await?;
        queue::replace(connection, &self.absences).await?;
        notices::write(&self.notices, connection).await
    }
}
