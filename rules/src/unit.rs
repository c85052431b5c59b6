//! A unit by date: the fold of [`UnitEvent`].

use chrono::NaiveDate;
use events::AccountId;
use events::unit::{StaffingRule, UnitEvent};
use events::validation::RouteRule;
use serde::{Deserialize, Serialize};

use crate::employment::Dated;

/// A unit as its events leave it. The default was never opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    name: Option<String>,
    closed: Option<NaiveDate>,
    managers: Dated<Option<AccountId>>,
    staffing: Dated<Vec<StaffingRule>>,
    routes: Dated<Vec<RouteRule>>,
}

impl Unit {
    /// The version of the fold; a snapshot taken under another is ignored.
    pub const FOLD: i32 = 1;

    /// The unit after one more event.
    #[must_use]
    pub fn after(mut self, event: &UnitEvent) -> Self {
        match event {
            UnitEvent::UnitOpened { name, .. } | UnitEvent::UnitRenamed { name } => self.name = Some(name.clone()),
            UnitEvent::UnitClosed { on } => self.closed = Some(*on),
            UnitEvent::UnitManagerAppointed { manager, from } => self.managers.set(*from, *manager),
            UnitEvent::UnitManagerAppointmentWithdrawn { from } => self.managers.withdraw(*from),
            UnitEvent::StaffingRulesSet { rules, from } => self.staffing.set(*from, rules.clone()),
            UnitEvent::ValidationRoutesSet { rules, from } => self.routes.set(*from, rules.clone()),
        }
        self
    }

    /// Its name, once it was opened.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Its last day, once it is known.
    #[must_use]
    pub const fn closed(&self) -> Option<NaiveDate> {
        self.closed
    }

    /// Who leads it, by date.
    #[must_use]
    pub const fn managers(&self) -> &Dated<Option<AccountId>> {
        &self.managers
    }

    /// Who leads it on `date`.
    #[must_use]
    pub fn manager_on(&self, date: NaiveDate) -> Option<AccountId> {
        self.managers.on(date).copied().flatten()
    }

    /// Its staffing rules on `date`.
    #[must_use]
    pub fn staffing_on(&self, date: NaiveDate) -> &[StaffingRule] {
        self.staffing.on(date).map_or(&[], Vec::as_slice)
    }

    /// Its own routes of validation on `date`.
    #[must_use]
    pub fn routes_on(&self, date: NaiveDate) -> &[RouteRule] {
        self.routes.on(date).map_or(&[], Vec::as_slice)
    }
}
