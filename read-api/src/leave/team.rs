//! The agents of units over some days: when each is due, when each is away.

use super::request_row::written;
use crate::{ReadApi, problems};
use chrono::NaiveDate;
use events::leave::StaffingBreach;
use events::period::Period;
use events::{AccountId, HalfDaySet, UnitId};
use projections::leave::absences::{self, Away};
use projections::leave::{employments, people, units};
use rules::staffing::{Member, breaches};
use rules::{Employment, RuleBook};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;

/// A staffing rule that would be broken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Breach {
    /// Its name within the unit.
    rule: String,
    /// On which half-days.
    half_days: Vec<String>,
}

impl From<StaffingBreach> for Breach {
    fn from(broken: StaffingBreach) -> Self {
        Self { rule: broken.rule, half_days: written(&broken.half_days) }
    }
}

/// Everything that tells who of some units is away.
pub(super) struct Teams {
    pub(super) book: Arc<RuleBook>,
    members: BTreeMap<UnitId, Vec<AccountId>>,
    employments: BTreeMap<AccountId, Employment>,
    away: BTreeMap<AccountId, Vec<Away>>,
    units: BTreeMap<UnitId, units::Unit>,
}

impl Teams {
    /// What is known of these units over the days from `first` to `last`: five queries, whatever their number.
    ///
    /// # Errors
    /// 503 `unavailable`.
    pub(super) async fn of(api: &ReadApi, of: &[UnitId], first: NaiveDate, last: NaiveDate) -> Result<Self, Problem> {
        let pool = api.pool();
        let book = api.laws.known(None).await.map_err(problems::law)?;
        let members = people::members(pool, of, first, last).await.map_err(problems::database)?;
        let agents: Vec<AccountId> = members.values().flatten().copied().collect();
        let employments = employments::of(pool, &agents).await.map_err(problems::database)?;
        let mut away = BTreeMap::<_, Vec<_>>::new();
        for one in absences::away(pool, &agents, first, last).await.map_err(problems::database)? {
            away.entry(one.agent).or_default().push(one);
        }
        let units = units::of(pool, of).await.map_err(problems::database)?;
        Ok(Self { book, members, employments, away, units })
    }

    pub(super) fn unit(&self, unit: UnitId) -> Option<&units::Unit> {
        self.units.get(&unit)
    }

    pub(super) fn members(&self, unit: UnitId) -> &[AccountId] {
        self.members.get(&unit).map_or(&[], Vec::as_slice)
    }

    pub(super) fn away(&self, agent: AccountId) -> &[Away] {
        self.away.get(&agent).map_or(&[], Vec::as_slice)
    }

    /// The half-days on which an agent is due to work while he is of the unit.
    pub(super) fn due(&self, agent: AccountId, unit: UnitId, period: Period) -> HalfDaySet {
        let Some(employment) = self.employments.get(&agent) else { return HalfDaySet::default() };
        let due = employment.due(period, self.book.calendar());
        due.iter().filter(|at| employment.units().on(at.date) == Some(&unit)).collect()
    }

    /// The staffing rules of the unit that are broken on these half-days, `agent` being away on them.
    pub(super) fn breaches(&self, unit: UnitId, agent: AccountId, half_days: &HalfDaySet) -> Vec<Breach> {
        let (Some(first), Some(last)) = (half_days.first(), half_days.last()) else { return Vec::new() };
        let Some(state) = self.units.get(&unit).map(|unit| &unit.state) else { return Vec::new() };
        let Ok(period) = Period::new(first, last) else { return Vec::new() };
        if half_days.iter().all(|at| state.staffing_on(at.date).is_empty()) {
            return Vec::new();
        }
        let member = |of: &AccountId| {
            let asked = if *of == agent { half_days.clone() } else { HalfDaySet::default() };
            Member {
                titles: self.employments.get(of).map(|one| one.titles().clone()).unwrap_or_default(),
                due: self.due(*of, unit, period),
                away: self.away(*of).iter().fold(asked, |all, away| all.or(&away.half_days)),
            }
        };
        let members: Vec<Member> = self.members(unit).iter().map(member).collect();
        breaches(state, &members, half_days).into_iter().map(Breach::from).collect()
    }
}
