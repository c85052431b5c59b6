//! The extra days of annual leave: credited ahead, earned, taken back.

use chrono::NaiveDate;
use events::LeaveId;
use events::leave::{Counter, CounterKind};

use super::{Because, Counters, NoRight, Rights, half_days};
use crate::date::{DayOfYear, YEARS};
use crate::fractionnement::Fractionnement;
use crate::ledger::supply::{Demand, Supply};
use crate::ledger::{Absence, LeaveStatus};

impl Counters<'_> {
    /// The days that the rules credit ahead, and those that leave out of season earns beyond; at the start of the
    /// next year, what was used ahead, saved or given, and not earned is taken back, as far as that year's own are not used.
    pub(super) fn fractionnement(self, year: i32) -> Result<Rights, NoRight> {
        let mut rights = Rights::default();
        let new_year = DayOfYear::FIRST.in_year(year)?;
        let Some(first) = self.employment.first_day_in(year)? else { return Ok(rights) };
        if let Ok(rule) = self.book.at(new_year).fractionnement() {
            let until = self.annual_leave_until(year)?;
            let ahead = rule.credited_in_january();
            let out = self.out_of_season(year, rule);
            let earned = rule.bonus(half_days(out.len())).saturating_sub(ahead);
            if !ahead.is_zero() {
                rights.supplies.push(Supply {
                    half_days: ahead,
                    from: first,
                    until,
                    because: Because::rule(rule, vec![]),
                });
            }
            if let Some((_, on)) = out.last().filter(|_| !earned.is_zero()) {
                let because = Because::rule(rule, behind(&out));
                rights.supplies.push(Supply { half_days: earned, from: *on, until, because });
            }
        }
        if let Some(before) = year.checked_sub(1).filter(|before| YEARS.contains(before))
            && self.employment.first_day_in(before)?.is_some()
            && let Ok(rule) = self.book.at(DayOfYear::FIRST.in_year(before)?).fractionnement()
        {
            let out = self.out_of_season(before, rule);
            let of_before = Counter::of(CounterKind::Fractionnement, before);
            let used = self.ledger.used(of_before) + self.ledger.saved_or_given(of_before);
            let owed = rule.taken_back(half_days(out.len())).min(used);
            let owed = owed.min(self.ledger.unused(Counter::of(CounterKind::Fractionnement, year), rights.given()));
            if !owed.is_zero() {
                rights.debits.push((Demand { half_days: owed, on: first }, Because::rule(rule, behind(&out))));
            }
        }
        Ok(rights)
    }

    /// The half-days of the year's own annual leave that were granted out of season, in order, with their leave.
    fn out_of_season(self, year: i32, rule: &Fractionnement) -> Vec<(LeaveId, NaiveDate)> {
        let counter = Counter::of(CounterKind::AnnualLeave, year);
        let mut out: Vec<_> = self
            .ledger
            .leaves()
            .filter(|(_, leave)| leave.status == LeaveStatus::Granted)
            .flat_map(|(id, leave)| leave.charges.iter().map(move |charge| (id, charge)))
            .filter(|(_, charge)| charge.counter == Some(counter))
            .flat_map(|(id, charge)| charge.half_days.iter().map(move |half_day| (id, half_day.date)))
            .filter(|(_, date)| rule.is_out_of_season(*date))
            .collect();
        out.sort_by_key(|(_, date)| *date);
        out
    }
}

fn behind(out: &[(LeaveId, NaiveDate)]) -> Vec<Absence> {
    let mut leaves: Vec<_> = out.iter().map(|(leave, _)| *leave).collect();
    leaves.sort_unstable();
    leaves.dedup();
    leaves.into_iter().map(Absence::Leave).collect()
}
