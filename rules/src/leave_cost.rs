//! What a leave costs: the worked half-days of the period, holidays left out.

use std::collections::BTreeMap;

use chrono::Datelike;
use serde::{Deserialize, Serialize};

use crate::holidays::Calendar;
use crate::pattern::WorkSchedule;
use crate::period::{HalfDay, Period};
use crate::quantity::HalfDays;

/// The half-days that a leave takes, by calendar year.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LeaveCost {
    by_year: BTreeMap<i32, HalfDays>,
}

/// A leave that would take nothing: its period has only holidays and days off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing is worked from {} to {}: a leave takes at least half a day", .0.start(), .0.end())]
pub struct EmptyLeave(pub Period);

impl LeaveCost {
    /// Counts `period` for an agent of this `schedule`: a worked half-day costs one half-day whatever its hours, a
    /// holiday or a day off costs nothing and is not given back (D 85-1250 art. 1, "jours effectivement ouvrés"; QE
    /// AN 69071).
    pub fn of(period: Period, schedule: &WorkSchedule, calendar: &Calendar) -> Self {
        charged(period, schedule, calendar).collect()
    }

    /// The same for a request.
    ///
    /// # Errors
    /// [`EmptyLeave`] when nothing is worked in the period.
    pub fn of_request(period: Period, schedule: &WorkSchedule, calendar: &Calendar) -> Result<Self, EmptyLeave> {
        let cost = Self::of(period, schedule, calendar);
        if cost.total().is_zero() { Err(EmptyLeave(period)) } else { Ok(cost) }
    }

    /// All of it.
    pub fn total(&self) -> HalfDays {
        self.by_year.values().copied().sum()
    }

    /// What falls in `year`.
    pub fn in_year(&self, year: i32) -> HalfDays {
        self.by_year.get(&year).copied().unwrap_or_default()
    }

    /// Each year with its share, years without one left out.
    pub fn by_year(&self) -> impl Iterator<Item = (i32, HalfDays)> {
        self.by_year.iter().map(|(year, half_days)| (*year, *half_days))
    }
}

impl FromIterator<HalfDay> for LeaveCost {
    fn from_iter<I: IntoIterator<Item = HalfDay>>(half_days: I) -> Self {
        let mut by_year = BTreeMap::new();
        for half_day in half_days {
            *by_year.entry(half_day.date.year()).or_default() += HalfDays::new(1);
        }
        Self { by_year }
    }
}

/// The half-days of `period` that a leave takes, in order.
pub fn charged(period: Period, schedule: &WorkSchedule, calendar: &Calendar) -> impl Iterator<Item = HalfDay> {
    period.half_days().filter(move |at| is_due(*at, schedule, calendar))
}

/// Whether the agent is due to work then: a half-day of the schedule that is no holiday.
pub fn is_due(at: HalfDay, schedule: &WorkSchedule, calendar: &Calendar) -> bool {
    schedule.works(at) && !calendar.is_holiday(at.date)
}
