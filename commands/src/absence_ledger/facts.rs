use super::AbsenceRefusal;
use crate::Law;
use chrono::{DateTime, NaiveDate, Utc};
use events::leave::{Counter, LeaveType};
use events::{AccountId, Actor};
use rules::leave_types::LeaveTypeRule;
use rules::ledger::{Balance, Quote};
use rules::period::Period;
use rules::{Employment, HalfDays, Ledger};

/// A year (convention).
const MOST_AHEAD_DAYS: i64 = 366;
/// Two years (convention): longer than any leave is to be announced, and until the end of the next year of leave.
const MOST_ASKED_AHEAD_DAYS: i64 = 731;

/// What a decision about an agent's leave needs beside his ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The agent of this ledger.
    pub agent: AccountId,
    /// His employment, as its stream says.
    pub employment: Employment,
    /// The rules in force.
    pub law: Law,
    /// Today, in Paris.
    pub on: NaiveDate,
    /// Now.
    pub at: DateTime<Utc>,
}

impl Facts {
    /// What is so of a type of leave on the first day of `period`.
    pub(super) fn type_rule(&self, leave_type: LeaveType, on: NaiveDate) -> Result<&LeaveTypeRule, AbsenceRefusal> {
        let types = self.law.at(on).leave_types()?;
        types.of(leave_type).ok_or(AbsenceRefusal::NotRequestable { leave_type })
    }

    /// What a leave would take of `ledger`.
    pub(super) fn quote(
        &self,
        ledger: &Ledger,
        leave_type: LeaveType,
        period: Period,
    ) -> Result<Quote, AbsenceRefusal> {
        Ok(ledger.quote(leave_type, period, self.on, &self.law, &self.employment)?)
    }

    /// Refuses what somebody of human resources would do for himself.
    pub(super) fn by_another(&self, by: Actor) -> Result<(), AbsenceRefusal> {
        if by.account() == Some(self.agent) { Err(AbsenceRefusal::OwnMatter) } else { Ok(()) }
    }

    /// Refuses a date further ahead than anybody knows of a sickness or a correction.
    pub(super) fn foreseeable(&self, field: &'static str, date: NaiveDate) -> Result<(), AbsenceRefusal> {
        self.within(MOST_AHEAD_DAYS, field, date)
    }

    /// Refuses leave that begins further ahead than anybody asks for.
    pub(super) fn askable(&self, first: NaiveDate) -> Result<(), AbsenceRefusal> {
        self.within(MOST_ASKED_AHEAD_DAYS, "first", first)
    }

    fn within(&self, most_days: i64, field: &'static str, date: NaiveDate) -> Result<(), AbsenceRefusal> {
        let ahead = (date - self.on).num_days();
        if ahead > most_days { Err(AbsenceRefusal::TooFarAhead { field, most_days }) } else { Ok(()) }
    }

    /// Whether so much can be taken off a counter on a date.
    pub(super) fn holds(
        &self,
        ledger: &Ledger,
        counter: Counter,
        half_days: HalfDays,
        on: NaiveDate,
    ) -> Result<(), AbsenceRefusal> {
        let available = self.balance(ledger, counter, on)?.available;
        if half_days > available { Err(AbsenceRefusal::Insufficient { counter, available }) } else { Ok(()) }
    }

    /// One counter on a date.
    pub(super) fn balance(&self, ledger: &Ledger, counter: Counter, on: NaiveDate) -> Result<Balance, AbsenceRefusal> {
        Ok(ledger.balance(counter, on, &self.law, &self.employment)?)
    }
}
