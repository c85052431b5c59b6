//! The employment of an agent by date: the fold of [`EmploymentEvent`], and what the law reads from it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use events::employment::{EmploymentAttribute, EmploymentEvent, Quota};
use events::{AccountId, HalfDaySet, UnitId};
use serde::{Deserialize, Serialize};

use crate::annual_leave::{AnnualLeave, Service, half_day_of_month, months_in_year};
use crate::date::{DayOfYear, OutsideCalendar, plus_days};
use crate::holidays::Calendar;
use crate::pattern::WorkCycle;
use crate::period::{HalfDay, Period};
use crate::rtt::WorkTime;
use crate::status::{Category, Status};

/// Values, each in force from its date until the next one's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Dated<T>(BTreeMap<NaiveDate, T>);

impl<T> Default for Dated<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> Dated<T> {
    /// The value in force on `date`.
    pub fn on(&self, date: NaiveDate) -> Option<&T> {
        self.0.range(..=date).next_back().map(|(_, value)| value)
    }

    /// The date from which the value in force on `date` is.
    pub fn since(&self, date: NaiveDate) -> Option<NaiveDate> {
        self.0.range(..=date).next_back().map(|(from, _)| *from)
    }

    /// The value said to be in force from exactly this date.
    pub fn from(&self, date: NaiveDate) -> Option<&T> {
        self.0.get(&date)
    }

    /// Each value with the date from which it is in force, in order.
    pub fn iter(&self) -> impl Iterator<Item = (NaiveDate, &T)> {
        self.0.iter().map(|(from, value)| (*from, value))
    }

    /// Says that `value` is in force from this date, in place of what was said before.
    pub fn set(&mut self, from: NaiveDate, value: T) {
        self.0.insert(from, value);
    }

    pub(crate) fn withdraw(&mut self, from: NaiveDate) {
        self.0.remove(&from);
    }
}

/// How much an agent works, and by which hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkingTime {
    /// The share of full time.
    pub quota: Quota,
    /// The length of a full-time week.
    pub full_time_week: WorkTime,
    /// Whether the part time is spread over the year.
    pub annualised: bool,
}

/// An agent's employment as its events leave it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Employment {
    entries: BTreeSet<NaiveDate>,
    exits: BTreeSet<NaiveDate>,
    statuses: Dated<Status>,
    categories: Dated<Category>,
    titles: Dated<String>,
    units: Dated<UnitId>,
    managers: Dated<Option<AccountId>>,
    working_times: Dated<WorkingTime>,
    patterns: Dated<WorkCycle>,
}

/// A stretch of service in which neither pattern nor quota changes, inside one calendar year.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch<'a> {
    pub(crate) first: NaiveDate,
    pub(crate) last: NaiveDate,
    pub(crate) pattern: Option<&'a WorkCycle>,
    pub(crate) working_time: Option<WorkingTime>,
}

impl Employment {
    /// The version of the fold; a snapshot taken under another is ignored.
    pub const FOLD: i32 = 1;

    /// The employment after one more event.
    #[must_use]
    pub fn after(mut self, event: &EmploymentEvent) -> Self {
        match event {
            EmploymentEvent::ServiceEntered { on } => drop(self.entries.insert(*on)),
            EmploymentEvent::ServiceLeft { on } => drop(self.exits.insert(*on)),
            EmploymentEvent::StatusSet { status, from } => self.statuses.set(*from, *status),
            EmploymentEvent::CategorySet { category, from } => self.categories.set(*from, *category),
            EmploymentEvent::TitleSet { title, from } => self.titles.set(*from, title.clone()),
            EmploymentEvent::UnitAssigned { unit, from } => self.units.set(*from, *unit),
            EmploymentEvent::ManagerAssigned { manager, from } => self.managers.set(*from, *manager),
            EmploymentEvent::WorkingTimeSet { quota, full_time_week_minutes, annualised, from } => {
                let full_time_week = WorkTime::minutes(*full_time_week_minutes);
                self.working_times.set(*from, WorkingTime { quota: *quota, full_time_week, annualised: *annualised });
            }
            EmploymentEvent::WorkPatternSet { pattern, from } => self.patterns.set(*from, pattern.clone()),
            EmploymentEvent::EmploymentEntryWithdrawn { attribute, from, .. } => self.withdraw(*attribute, *from),
        }
        self
    }

    fn withdraw(&mut self, attribute: EmploymentAttribute, from: NaiveDate) {
        match attribute {
            EmploymentAttribute::Entry => drop(self.entries.remove(&from)),
            EmploymentAttribute::Exit => drop(self.exits.remove(&from)),
            EmploymentAttribute::Status => self.statuses.withdraw(from),
            EmploymentAttribute::Category => self.categories.withdraw(from),
            EmploymentAttribute::Title => self.titles.withdraw(from),
            EmploymentAttribute::Unit => self.units.withdraw(from),
            EmploymentAttribute::Manager => self.managers.withdraw(from),
            EmploymentAttribute::WorkingTime => self.working_times.withdraw(from),
            EmploymentAttribute::WorkPattern => self.patterns.withdraw(from),
        }
    }

    /// Whether the agent has ever entered the City's service.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !self.entries.is_empty()
    }

    /// Whether the agent is in the City's service on `date`.
    #[must_use]
    pub fn in_service(&self, date: NaiveDate) -> bool {
        self.entries
            .range(..=date)
            .next_back()
            .is_some_and(|entry| self.exits.range(*entry..).next().is_none_or(|exit| date <= *exit))
    }

    /// Whether the agent has left the City's service on `date`, and not entered it again.
    #[must_use]
    pub fn has_left(&self, date: NaiveDate) -> bool {
        self.exits.range(..date).next().is_some() && !self.in_service(date)
    }

    /// The first service that has no last day although another follows, by the first days of both.
    #[must_use]
    pub fn unended_service(&self) -> Option<(NaiveDate, NaiveDate)> {
        let following = self.entries.iter().zip(self.entries.iter().skip(1));
        let mut unended = following.filter(|(entry, next)| self.exits.range(**entry..**next).next().is_none());
        unended.next().map(|(entry, next)| (*entry, *next))
    }

    /// Whole months of unbroken service up to `date`; none for who is not in service.
    #[must_use]
    pub fn months_of_service(&self, date: NaiveDate) -> Option<u32> {
        let entry = self.entries.range(..=date).next_back().filter(|_| self.in_service(date))?;
        let months = (date.year() - entry.year()) * 12 + date.month().cast_signed() - entry.month().cast_signed();
        u32::try_from(months - i32::from(date.day() < entry.day())).ok()
    }

    /// The first days of service.
    #[must_use]
    pub const fn entries(&self) -> &BTreeSet<NaiveDate> {
        &self.entries
    }

    /// The last days of service.
    #[must_use]
    pub const fn exits(&self) -> &BTreeSet<NaiveDate> {
        &self.exits
    }

    /// What the agent is before the law.
    #[must_use]
    pub const fn statuses(&self) -> &Dated<Status> {
        &self.statuses
    }

    /// The agent's category.
    #[must_use]
    pub const fn categories(&self) -> &Dated<Category> {
        &self.categories
    }

    /// What the agent does.
    #[must_use]
    pub const fn titles(&self) -> &Dated<String> {
        &self.titles
    }

    /// Where the agent works.
    #[must_use]
    pub const fn units(&self) -> &Dated<UnitId> {
        &self.units
    }

    /// Whom the agent was told to work under; none is the unit's manager.
    #[must_use]
    pub const fn managers(&self) -> &Dated<Option<AccountId>> {
        &self.managers
    }

    /// How much the agent works.
    #[must_use]
    pub const fn working_times(&self) -> &Dated<WorkingTime> {
        &self.working_times
    }

    /// When the agent works.
    #[must_use]
    pub const fn patterns(&self) -> &Dated<WorkCycle> {
        &self.patterns
    }

    /// Whether the pattern has the agent work then, and it is no holiday; whether he is in service is left aside.
    #[must_use]
    pub fn pattern_works(&self, at: HalfDay, calendar: &Calendar) -> bool {
        self.patterns.on(at.date).is_some_and(|pattern| pattern.works(at)) && !calendar.is_holiday(at.date)
    }

    /// The half-days of `period` on which the agent is due to work: in service, by his pattern, and on no holiday.
    #[must_use]
    pub fn due(&self, period: Period, calendar: &Calendar) -> HalfDaySet {
        period.half_days().filter(|at| self.pattern_works(*at, calendar) && self.in_service(at.date)).collect()
    }

    /// These half-days by the unit that the agent is of on each; those on which he is of none are in none.
    #[must_use]
    pub fn by_unit(&self, half_days: &HalfDaySet) -> BTreeMap<UnitId, HalfDaySet> {
        let mut of_units = BTreeMap::<UnitId, Vec<HalfDay>>::new();
        for at in half_days.iter() {
            if let Some(unit) = self.units.on(at.date) {
                of_units.entry(*unit).or_default().push(at);
            }
        }
        of_units.into_iter().map(|(unit, half_days)| (unit, half_days.into_iter().collect())).collect()
    }

    /// The services of a calendar year, as the entitlement to annual leave reads them: without the half-days
    /// that are `unserved`.
    ///
    /// # Errors
    /// [`OutsideCalendar`] for a year that is not supported.
    pub fn services(
        &self,
        year: i32,
        unserved: &HalfDaySet,
        rule: &AnnualLeave,
    ) -> Result<Vec<Service>, OutsideCalendar> {
        let mut services = Vec::new();
        for stretch in self.stretches(year)? {
            let dates = unserved.iter().map(|at| at.date);
            let lost = dates.filter(|date| (stretch.first..=stretch.last).contains(date)).map(half_day_of_month);
            let months = lost.fold(months_in_year(stretch.first, stretch.last)?, |months, lost| months - lost);
            match (stretch.working_time, stretch.pattern) {
                (Some(time), _) if time.annualised => {
                    services.push(rule.annualised_service(time.quota.ratio(), months));
                }
                (_, Some(pattern)) => services.push(Service { weekly_days: pattern.weekly_days(), months }),
                (_, None) => {}
            }
        }
        Ok(services)
    }

    /// The stretches of service of a calendar year, in order.
    pub(crate) fn stretches(&self, year: i32) -> Result<Vec<Stretch<'_>>, OutsideCalendar> {
        let (first, last) = (DayOfYear::FIRST.in_year(year)?, DayOfYear::LAST.in_year(year)?);
        let changes = self.patterns.iter().map(|(from, _)| from).chain(self.working_times.iter().map(|(from, _)| from));
        let left = self.exits.iter().filter_map(|exit| plus_days(*exit, 1).ok());
        let mut starts: BTreeSet<NaiveDate> = changes.chain(self.entries.iter().copied()).chain(left).collect();
        starts.insert(first);
        let starts: Vec<_> = starts.range(first..=last).copied().collect();
        let ends = starts.iter().skip(1).filter_map(|next| plus_days(*next, -1).ok()).chain([last]);
        let stretches = starts.iter().copied().zip(ends).filter(|(first, _)| self.in_service(*first));
        Ok(stretches
            .map(|(first, last)| Stretch {
                first,
                last,
                pattern: self.patterns.on(first),
                working_time: self.working_times.on(first).copied(),
            })
            .collect())
    }

    /// The first day of the year on which the agent is in service.
    pub(crate) fn first_day_in(&self, year: i32) -> Result<Option<NaiveDate>, OutsideCalendar> {
        Ok(self.stretches(year)?.first().map(|stretch| stretch.first))
    }
}
