//! The audit trail: one row an event of the journal, in its order.

mod leave;
mod origins;
mod query;
mod rows;
mod said;

pub use query::{Entry, Order, page, tail};

use crate::{Fold, Projection, ProjectionError, Stream};
use async_trait::async_trait;
use esrs::handler::TransactionalEventHandler;
use esrs::store::StoreEvent;
use events::account::AccountEvent;
use events::audit::{AuditEvent, ProjectionEvent};
use events::username::UsernameEvent;
use events::vault::VaultEvent;
use rows::Entries;
use said::Said;

/// The name of the projection.
pub const NAME: &str = "audit_trail_v1";

/// The projection.
#[must_use]
pub fn projection() -> Projection {
    let trail = Projection::named::<Entries>(NAME, 3, &["audit_trail_v1"])
        .reads::<AccountEvent, _>(AuditTrail)
        .reads::<UsernameEvent, _>(AuditTrail)
        .reads::<AuditEvent, _>(AuditTrail)
        .reads::<ProjectionEvent, _>(AuditTrail)
        .reads::<VaultEvent, _>(AuditTrail);
    leave::admitted(trail).every_stream().declared()
}

#[derive(Debug)]
struct AuditTrail;

#[async_trait]
impl TransactionalEventHandler<Stream<AccountEvent>, ProjectionError, Fold<Entries>> for AuditTrail {
    async fn handle(&self, event: &StoreEvent<AccountEvent>, fold: &mut Fold<Entries>) -> Result<(), ProjectionError> {
        let agent = event.aggregate_id;
        if matches!(event.payload, AccountEvent::AccountProvisioned { .. }) {
            fold.rows.provisioned.insert(agent);
        }
        let known = fold.rows.provisioned.contains(&agent);
        let failed = fold.rows.origins.failed_before(&fold.recorded);
        fold.rows.add(&fold.recorded, known, Said::of_account(agent, &event.payload, failed)?)
    }
}

#[async_trait]
impl TransactionalEventHandler<Stream<UsernameEvent>, ProjectionError, Fold<Entries>> for AuditTrail {
    async fn handle(&self, event: &StoreEvent<UsernameEvent>, fold: &mut Fold<Entries>) -> Result<(), ProjectionError> {
        fold.rows.add(&fold.recorded, true, Said::of_username(&event.payload))
    }
}

#[async_trait]
impl TransactionalEventHandler<Stream<AuditEvent>, ProjectionError, Fold<Entries>> for AuditTrail {
    async fn handle(&self, event: &StoreEvent<AuditEvent>, fold: &mut Fold<Entries>) -> Result<(), ProjectionError> {
        fold.rows.add(&fold.recorded, true, Said::of_reading(&event.payload)?)
    }
}

#[async_trait]
impl TransactionalEventHandler<Stream<ProjectionEvent>, ProjectionError, Fold<Entries>> for AuditTrail {
    async fn handle(
        &self,
        event: &StoreEvent<ProjectionEvent>,
        fold: &mut Fold<Entries>,
    ) -> Result<(), ProjectionError> {
        fold.rows.add(&fold.recorded, true, Said::of_projection(&event.payload)?)
    }
}

#[async_trait]
impl TransactionalEventHandler<Stream<VaultEvent>, ProjectionError, Fold<Entries>> for AuditTrail {
    async fn handle(&self, event: &StoreEvent<VaultEvent>, fold: &mut Fold<Entries>) -> Result<(), ProjectionError> {
        let said = Said::of_vault(&event.payload)?;
        let known = said.agent.is_none_or(|agent| fold.rows.provisioned.contains(&agent));
        fold.rows.add(&fold.recorded, known, said)
    }
}
