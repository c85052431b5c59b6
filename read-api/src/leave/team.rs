//! The agents of units over some days: when each is due, when each is away.

use super::request_row::written;
use crate::{ReadApi, problems};
use chrono::NaiveDate;
use events::leave::StaffingBreach;
use events::period::Period;
use events::{AccountId, HalfDaySet, UnitId};
use projections::leave::absences::{self, Absence, Away};
use projections::leave::{employments, people, units};
use rules::staffing::{Member, breaches};
use rules::{Employment, RuleBook};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;

/// A staffing rule that would be broken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BrokenRule {
    /// Its name within the unit.
    rule: String,
    /// On which half-days.
    half_days: Vec<String>,
}

impl From<StaffingBreach> for BrokenRule {
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

    /// The units that these absences fall into, over all of their days.
    ///
    /// # Errors
    /// 503 `unavailable`.
    pub(super) async fn around(api: &ReadApi, absences: &[&Absence]) -> Result<Self, Problem> {
        let agents: BTreeSet<AccountId> = absences.iter().map(|absence| absence.agent).collect();
        let agents: Vec<AccountId> = agents.into_iter().collect();
        let employments = employments::of(api.pool(), &agents).await.map_err(problems::database)?;
        let of_absence = |absence: &&Absence| Some(employments.get(&absence.agent)?.by_unit(&absence.half_days));
        let units: BTreeSet<UnitId> = absences.iter().filter_map(of_absence).flat_map(BTreeMap::into_keys).collect();
        let half_days = || absences.iter().flat_map(|absence| absence.half_days.iter());
        let first = half_days().min().map_or_else(|| api.today(), |first| first.date);
        let last = half_days().max().map_or(first, |last| last.date);
        Self::of(api, &units.into_iter().collect::<Vec<_>>(), first, last).await
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

    /// The half-days of `of` on which an agent is of the unit.
    fn in_unit(&self, agent: AccountId, unit: UnitId, of: &HalfDaySet) -> HalfDaySet {
        let Some(employment) = self.employments.get(&agent) else { return HalfDaySet::default() };
        of.iter().filter(|at| employment.units().on(at.date) == Some(&unit)).collect()
    }

    /// The half-days on which an agent is due to work while he is of the unit.
    pub(super) fn due(&self, agent: AccountId, unit: UnitId, period: Period) -> HalfDaySet {
        let due = self.employments.get(&agent).map(|employment| employment.due(period, self.book.calendar()));
        due.map_or_else(HalfDaySet::default, |due| self.in_unit(agent, unit, &due))
    }

    /// The half-days of an absence by the unit that its agent is of on each.
    fn by_unit(&self, absence: &Absence) -> BTreeMap<UnitId, HalfDaySet> {
        let employment = self.employments.get(&absence.agent);
        employment.map(|employment| employment.by_unit(&absence.half_days)).unwrap_or_default()
    }

    /// The staffing rules that an absence breaks, as its decision would find them.
    pub(super) fn breaches(&self, absence: &Absence) -> Vec<BrokenRule> {
        let of_units = self.by_unit(absence).into_iter();
        of_units.flat_map(|(unit, half_days)| self.breaches_in(unit, absence.agent, &half_days)).collect()
    }

    fn breaches_in(&self, unit: UnitId, agent: AccountId, half_days: &HalfDaySet) -> Vec<BrokenRule> {
        let Some(state) = self.units.get(&unit).map(|unit| &unit.state) else { return Vec::new() };
        if half_days.iter().all(|at| state.staffing_on(at.date).is_empty()) {
            return Vec::new();
        }
        let member = |of: &AccountId| {
            let member = Member::of(self.employments.get(of)?, unit, half_days, self.book.calendar())?;
            let away = if *of == agent { half_days.clone() } else { self.away_for_certain(*of) };
            Some(Member { away, ..member })
        };
        let members: Vec<Member> = self.members(unit).iter().filter_map(member).collect();
        breaches(state, &members, half_days).into_iter().map(BrokenRule::from).collect()
    }

    fn away_for_certain(&self, agent: AccountId) -> HalfDaySet {
        let granted = self.away(agent).iter().filter(|away| !away.pending);
        granted.fold(HalfDaySet::default(), |all, away| all.or(&away.half_days))
    }

    /// Who else of the unit that the agent is of on each half-day of an absence is away, or asked to be: the absence and
    /// the half-days that both share.
    pub(super) fn also_away(&self, absence: &Absence) -> Vec<(&Away, HalfDaySet)> {
        let mut shared = Vec::new();
        for (unit, half_days) in self.by_unit(absence) {
            let colleagues = self.members(unit).iter().filter(|member| **member != absence.agent);
            for away in colleagues.flat_map(|agent| self.away(*agent)) {
                let both = self.in_unit(away.agent, unit, &away.half_days.and(&half_days));
                if !both.is_empty() {
                    shared.push((away, both));
                }
            }
        }
        shared
    }
}
