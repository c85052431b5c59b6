//! Which streams to look into: who was ever assigned to a unit, and what was ever delegated to somebody.
//!
//! Kept in memory and read on from the journal whenever it is asked. It answers with candidates, never with
//! conclusions: what is so today is read from the streams themselves.

use events::delegation::DelegationEvent;
use events::employment::EmploymentEvent;
use events::leave::AbsenceEvent;
use events::{AccountId, DelegationId, DomainEvent, LeaveId, Position, UnitId};
use futures::TryStreamExt;
use journal::{Journal, ReadError, Recorded, Selection};
use std::collections::{BTreeMap, BTreeSet};
use tokio::sync::Mutex;

#[derive(Debug, Default)]
pub(crate) struct Directory(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    up_to: Position,
    delegations: BTreeMap<AccountId, BTreeSet<DelegationId>>,
    members: BTreeMap<UnitId, BTreeSet<AccountId>>,
    pending: BTreeSet<(AccountId, LeaveId)>,
}

/// The kinds of events that it is made of.
const KINDS: [&str; 6] =
    ["DelegationGranted", "UnitAssigned", "LeaveRequested", "LeaveWithdrawn", "LeaveApproved", "LeaveRefused"];

impl Directory {
    /// The delegations that were ever granted to somebody.
    pub(crate) async fn delegations_to(
        &self,
        journal: &Journal,
        to: AccountId,
    ) -> Result<Vec<DelegationId>, ReadError> {
        let mut known = self.0.lock().await;
        known.read_on(journal).await?;
        Ok(known.delegations.get(&to).into_iter().flatten().copied().collect())
    }

    /// Everybody who was ever assigned to a unit.
    pub(crate) async fn members_of(&self, journal: &Journal, unit: UnitId) -> Result<Vec<AccountId>, ReadError> {
        let mut known = self.0.lock().await;
        known.read_on(journal).await?;
        Ok(known.members.get(&unit).into_iter().flatten().copied().collect())
    }

    /// The leaves that wait for a decision.
    pub(crate) async fn pending(&self, journal: &Journal) -> Result<Vec<(AccountId, LeaveId)>, ReadError> {
        let mut known = self.0.lock().await;
        known.read_on(journal).await?;
        Ok(known.pending.iter().copied().collect())
    }
}

impl Known {
    async fn read_on(&mut self, journal: &Journal) -> Result<(), ReadError> {
        let until = journal.reader().last_position().await?;
        if until == self.up_to {
            return Ok(());
        }
        let names = KINDS.map(str::to_owned).to_vec();
        let selection = Selection { after: self.up_to, until: Some(until), names, ..Selection::default() };
        let mut events = journal.reader().events(selection);
        while let Some(recorded) = events.try_next().await? {
            self.add(&recorded)?;
            self.up_to = recorded.position;
        }
        self.up_to = until;
        Ok(())
    }

    fn add(&mut self, recorded: &Recorded) -> Result<(), ReadError> {
        let corrupt = |source| ReadError::Corrupt { position: recorded.position, source };
        let agent = AccountId::from_uuid(recorded.stream_id);
        match recorded.stream_type.as_str() {
            DelegationEvent::STREAM => {
                if let DelegationEvent::DelegationGranted { to, .. } = recorded.decode().map_err(corrupt)? {
                    let id = DelegationId::from_uuid(recorded.stream_id);
                    self.delegations.entry(to).or_default().insert(id);
                }
            }
            EmploymentEvent::STREAM => {
                if let EmploymentEvent::UnitAssigned { unit, .. } = recorded.decode().map_err(corrupt)? {
                    self.members.entry(unit).or_default().insert(agent);
                }
            }
            AbsenceEvent::STREAM => match recorded.decode().map_err(corrupt)? {
                AbsenceEvent::LeaveRequested { leave, route, .. } if !route.is_empty() => {
                    self.pending.insert((agent, leave));
                }
                AbsenceEvent::LeaveWithdrawn { leave }
                | AbsenceEvent::LeaveApproved { leave, .. }
                | AbsenceEvent::LeaveRefused { leave, .. } => {
                    self.pending.remove(&(agent, leave));
                }
                _ => {}
            },
            _ => {}
        }
        Ok(())
    }
}
