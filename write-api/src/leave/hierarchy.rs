//! Who manages whom, at every level: nobody is managed by somebody whom he manages, on any day. A manager is the one whom
//! an agent was told to work under, else the one who leads his unit.

use super::surroundings::state;
use crate::WriteApi;
use chrono::NaiveDate;
use commands::Execution;
use commands::employment::Employment;
use commands::unit::Unit;
use events::employment::EmploymentEvent;
use events::unit::UnitEvent;
use events::{AccountId, Metadata, UnitId, Version};
use journal::Snapshots;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use web::Problem;

/// What would be so after a change that is not recorded yet.
pub(super) enum Changed<'a> {
    /// An agent's employment.
    Employment(&'a rules::Employment),
    /// A unit that the agent is to lead.
    Unit(UnitId, &'a rules::Unit),
}

/// What tells who is above somebody, at the versions that were read: a change rests on it while none of it has moved.
#[derive(Default)]
pub(crate) struct Above {
    employments: BTreeMap<AccountId, Version>,
    units: BTreeMap<UnitId, Version>,
}

impl Above {
    /// Has the append hold what was read.
    pub(crate) fn held_by<'a, A: Snapshots<Command: Clone>>(&self, execution: Execution<'a, A>) -> Execution<'a, A> {
        let execution = self
            .employments
            .iter()
            .fold(execution, |execution, (one, version)| execution.also::<EmploymentEvent>(*one, *version, Vec::new()));
        self.units
            .iter()
            .fold(execution, |execution, (unit, version)| execution.also::<UnitEvent>(*unit, *version, Vec::new()))
    }
}

/// Everybody above `agent` on any day from `from` on, once something has changed. None when he would be among them
/// himself: two would decide on each other's leave, or leave would wait in nobody's queue.
pub(super) async fn above(
    api: &WriteApi,
    metadata: &Metadata,
    agent: AccountId,
    from: NaiveDate,
    changed: Changed<'_>,
) -> Result<Option<Above>, Problem> {
    let mut people = Hierarchy::of(api, metadata, agent, from, changed);
    while let Some(day) = people.days.pop_first() {
        let (mut on_the_way, mut next) = (BTreeSet::new(), people.manager_of(agent, day).await?);
        while let Some(one) = next.filter(|one| on_the_way.insert(*one)) {
            if one == agent {
                return Ok(None);
            }
            next = people.manager_of(one, day).await?;
        }
    }
    Ok(Some(people.read))
}

/// The hierarchy as far as it was looked at.
struct Hierarchy<'a> {
    api: &'a WriteApi,
    metadata: &'a Metadata,
    employments: BTreeMap<AccountId, rules::Employment>,
    units: BTreeMap<UnitId, rules::Unit>,
    /// The days on which something changes, still to be looked at.
    days: BTreeSet<NaiveDate>,
    read: Above,
}

impl<'a> Hierarchy<'a> {
    fn of(api: &'a WriteApi, metadata: &'a Metadata, agent: AccountId, from: NaiveDate, changed: Changed<'_>) -> Self {
        let (mut employments, mut units) = (BTreeMap::new(), BTreeMap::new());
        let mut days = BTreeSet::from([from]);
        match changed {
            Changed::Employment(employment) => {
                days.extend(changes_of(employment).filter(|date| *date > from));
                employments.insert(agent, employment.clone());
            }
            Changed::Unit(id, unit) => {
                days.extend(unit.managers().iter().map(|(date, _)| date).filter(|date| *date > from));
                units.insert(id, unit.clone());
            }
        }
        Self { api, metadata, employments, units, days, read: Above::default() }
    }

    /// The manager of somebody on a day, where that is not himself.
    async fn manager_of(&mut self, one: AccountId, day: NaiveDate) -> Result<Option<AccountId>, Problem> {
        let employment = match self.employments.entry(one) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let (version, employment) = state::<Employment>(self.api, self.metadata, one, true).await?;
                self.read.employments.insert(one, version);
                self.days.extend(changes_of(&employment).filter(|date| *date > day));
                unknown.insert(employment)
            }
        };
        let assigned = employment.managers().on(day).copied().flatten();
        let place = employment.units().on(day).copied();
        let manager = match (assigned, place) {
            (None, Some(unit)) => self.leader_of(unit, day).await?,
            (assigned, _) => assigned,
        };
        Ok(manager.filter(|manager| *manager != one))
    }

    async fn leader_of(&mut self, unit: UnitId, day: NaiveDate) -> Result<Option<AccountId>, Problem> {
        let unit = match self.units.entry(unit) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let (version, state) = state::<Unit>(self.api, self.metadata, unit, true).await?;
                self.read.units.insert(unit, version);
                self.days.extend(state.managers().iter().map(|(date, _)| date).filter(|date| *date > day));
                unknown.insert(state)
            }
        };
        Ok(unit.manager_on(day))
    }
}

/// The days from which somebody has another manager, or another unit.
fn changes_of(employment: &rules::Employment) -> impl Iterator<Item = NaiveDate> {
    let managers = employment.managers().iter().map(|(date, _)| date);
    managers.chain(employment.units().iter().map(|(date, _)| date))
}
