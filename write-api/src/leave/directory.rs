//! Which streams to look into: who was ever assigned to a unit, which units are below it, what was ever delegated to
//! somebody, in whose place somebody who left was to stand in, and which calendar feeds are somebody's.
//!
//! Kept in memory and read on from the journal whenever it is asked. It answers with candidates, never with
//! conclusions: what is so today is read from the streams themselves.

use events::calendar_feed::CalendarFeedEvent;
use events::delegation::DelegationEvent;
use events::employment::EmploymentEvent;
use events::leave::AbsenceEvent;
use events::unit::UnitEvent;
use events::{AccountId, DelegationId, DomainEvent, FeedId, LeaveId, Position, UnitId};
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
    below: BTreeMap<UnitId, BTreeSet<UnitId>>,
    feeds: BTreeMap<FeedId, AccountId>,
    pending: BTreeSet<(AccountId, LeaveId)>,
    leavers: BTreeSet<AccountId>,
    replacements: BTreeMap<LeaveId, Replacement>,
}

/// Who was asked to stand in for whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Replacement {
    pub(crate) agent: AccountId,
    pub(crate) leave: LeaveId,
    pub(crate) by: AccountId,
}

/// The kinds of events that it is made of.
const KINDS: [&str; 12] = [
    "CalendarFeedOpened",
    "CalendarFeedRevoked",
    "DelegationGranted",
    "UnitAssigned",
    "ServiceLeft",
    "LeaveRequested",
    "LeaveWithdrawn",
    "LeaveApproved",
    "LeaveRefused",
    "ReplacementNamed",
    "ReplacementDeclined",
    "UnitOpened",
];

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

    /// The units that were opened as parts of a unit.
    pub(crate) async fn below(&self, journal: &Journal, unit: UnitId) -> Result<Vec<UnitId>, ReadError> {
        let mut known = self.0.lock().await;
        known.read_on(journal).await?;
        Ok(known.below.get(&unit).into_iter().flatten().copied().collect())
    }

    /// How many calendar feeds of somebody's are in force.
    pub(crate) async fn feeds_of(&self, journal: &Journal, owner: AccountId) -> Result<usize, ReadError> {
        let mut known = self.0.lock().await;
        known.read_on(journal).await?;
        Ok(known.feeds.values().filter(|one| **one == owner).count())
    }

    /// Everybody who was ever assigned to a unit, whichever.
    pub(crate) async fn assigned(&self, journal: &Journal) -> Result<BTreeSet<AccountId>, ReadError> {
        let mut known = self.0.lock().await;
        known.read_on(journal).await?;
        Ok(known.members.values().flatten().copied().collect())
    }

    /// The leaves that wait for a decision.
    pub(crate) async fn pending(&self, journal: &Journal) -> Result<Vec<(AccountId, LeaveId)>, ReadError> {
        let mut known = self.0.lock().await;
        known.read_on(journal).await?;
        Ok(known.pending.iter().copied().collect())
    }

    /// The replacements of whom a last day was ever recorded.
    pub(crate) async fn leaving_replacements(&self, journal: &Journal) -> Result<Vec<Replacement>, ReadError> {
        let mut known = self.0.lock().await;
        known.read_on(journal).await?;
        let leaving = known.replacements.values().filter(|one| known.leavers.contains(&one.by));
        Ok(leaving.copied().collect())
    }

    /// Forgets the replacement during a leave that is over, or was given up.
    pub(crate) async fn stands_in_no_more(&self, leave: LeaveId) {
        self.0.lock().await.replacements.remove(&leave);
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
            CalendarFeedEvent::STREAM => {
                let feed = FeedId::from_uuid(recorded.stream_id);
                match recorded.decode().map_err(corrupt)? {
                    CalendarFeedEvent::CalendarFeedOpened { owner, .. } => self.feeds.insert(feed, owner),
                    CalendarFeedEvent::CalendarFeedRevoked {} => self.feeds.remove(&feed),
                };
            }
            UnitEvent::STREAM => {
                if let UnitEvent::UnitOpened { parent: Some(parent), .. } = recorded.decode().map_err(corrupt)? {
                    self.below.entry(parent).or_default().insert(UnitId::from_uuid(recorded.stream_id));
                }
            }
            EmploymentEvent::STREAM => match recorded.decode().map_err(corrupt)? {
                EmploymentEvent::UnitAssigned { unit, .. } => {
                    self.members.entry(unit).or_default().insert(agent);
                }
                EmploymentEvent::ServiceLeft { .. } => {
                    self.leavers.insert(agent);
                }
                _ => {}
            },
            AbsenceEvent::STREAM => match recorded.decode().map_err(corrupt)? {
                AbsenceEvent::LeaveRequested { leave, route, .. } if !route.is_empty() => {
                    self.pending.insert((agent, leave));
                }
                AbsenceEvent::LeaveApproved { leave, .. } => {
                    self.pending.remove(&(agent, leave));
                }
                AbsenceEvent::LeaveWithdrawn { leave } | AbsenceEvent::LeaveRefused { leave, .. } => {
                    self.pending.remove(&(agent, leave));
                    self.replacements.remove(&leave);
                }
                AbsenceEvent::ReplacementNamed { leave, replacement: by } => {
                    self.replacements.insert(leave, Replacement { agent, leave, by });
                }
                AbsenceEvent::ReplacementDeclined { leave, .. } => {
                    self.replacements.remove(&leave);
                }
                _ => {}
            },
            _ => {}
        }
        Ok(())
    }
}
