//! RTT: earned by month or year, lost to sickness.

use chrono::{Datelike, NaiveDate};
use events::HalfDaySet;
use events::leave::{Counter, CounterKind};

use super::{Because, Counters, NoRight, Rights, half_days};
use crate::date::{DayOfYear, OutsideCalendar, YEARS, plus_days};
use crate::ledger::Absence;
use crate::ledger::supply::Supply;
use crate::period::HalfDay;
use crate::quantity::{HalfDays, Ratio, whole};
use crate::rtt::{RttReduction, WeekTooLong};

impl Counters<'_> {
    /// RTT: month by month in the City's own cycle, else for the year by the length of the week, for the time in service
    /// alone: they make up for hours worked beyond 35 a week (circular of 18 January 2012); less what the sicknesses of the
    /// year before cost beyond its right, and what those of the year cost. Neither takes what is in use.
    pub(super) fn rtt(self, year: i32) -> Result<Rights, NoRight> {
        let mut rights = self.rtt_earned(year)?;
        let mut left = self.ledger.unused(Counter::of(CounterKind::Rtt, year), rights.given());
        if let Some(before) = year.checked_sub(1).filter(|before| YEARS.contains(before))
            && let Some((reduction, because)) = self.rtt_lost_to_sickness(before)?
            && let Some(on) = rights.supplies.first().map(|supply| supply.from)
        {
            left = rights.take(reduction.from_next_year.min(left), on, because, left);
        }
        if let Some((reduction, because)) = self.rtt_lost_to_sickness(year)? {
            let lost = HalfDays::days(reduction.deducted_days).min(left);
            rights.take(lost, DayOfYear::LAST.in_year(year)?, because, left);
        }
        Ok(rights)
    }

    fn rtt_earned(self, year: i32) -> Result<Rights, NoRight> {
        let until = self.rtt_until(year)?;
        let law = self.book.at(DayOfYear::FIRST.in_year(year)?);
        let Ok(table) = law.rtt() else { return Ok(Rights::default()) };
        let (unserved, behind) = law.annual_leave().map(|rule| self.unserved(year, rule)).unwrap_or_default();
        let mut monthly: Vec<(NaiveDate, Ratio)> = Vec::new();
        let mut yearly = whole(0);
        for stretch in self.employment.stretches(year)? {
            let Some(time) = stretch.working_time else { continue };
            let quota = time.quota.ratio();
            let cycle = law.rtt_cycle().ok();
            match cycle.filter(|cycle| cycle.daily().as_minutes().saturating_mul(5) == time.full_time_week.as_minutes())
            {
                Some(_) => {
                    let months = months(stretch.first, stretch.last, &unserved)?;
                    monthly.extend(months.into_iter().map(|(month_end, share)| (month_end, share * quota)));
                }
                None => {
                    let months = months(stretch.first, stretch.last, &unserved)?;
                    let share = months.iter().fold(whole(0), |sum, (_, part)| sum + part);
                    let exact = table.exact_days(time.full_time_week, quota);
                    yearly += exact.map_err(|week| self.too_long(stretch.first, week))? * share / whole(12);
                }
            }
        }
        let mut rights = Rights::default();
        let year_right = table.rounded(yearly);
        if let (false, Some(first)) = (year_right.is_zero(), self.employment.first_day_in(year)?) {
            rights.supplies.push(Supply {
                half_days: year_right,
                from: first,
                until,
                because: Because::rule(table, behind.clone()),
            });
        }
        let Ok(cycle) = law.rtt_cycle() else { return Ok(rights) };
        let in_all = monthly.iter().fold(whole(0), |sum, (_, month)| sum + month);
        let (mut worked, mut given) = (whole(0), HalfDays::ZERO);
        for (month_end, month) in monthly {
            worked += month;
            let half_days = table.rounded(cycle.earned(worked, in_all)).saturating_sub(given);
            given += half_days;
            if !half_days.is_zero() {
                let because = Because::rule(cycle, behind.clone());
                rights.supplies.push(Supply { half_days, from: month_end, until, because });
            }
        }
        Ok(rights)
    }

    /// What the sicknesses of a year cost of what was not used, and why. None when they cost nothing.
    fn rtt_lost_to_sickness(self, year: i32) -> Result<Option<(RttReduction, Because)>, NoRight> {
        let sick: Vec<_> = self
            .ledger
            .sicknesses()
            .map(|(id, sickness)| (id, sickness.half_days.iter().filter(|at| at.date.year() == year).count()))
            .filter(|(_, half_days)| *half_days > 0)
            .collect();
        let last = DayOfYear::LAST.in_year(year)?;
        let law = self.book.at(last);
        let (false, Ok(rule), Ok(table)) = (sick.is_empty(), law.rtt_sickness(), law.rtt()) else { return Ok(None) };
        let stretches = self.employment.stretches(year)?;
        let Some((first, time)) = stretches.last().and_then(|last| Some((last.first, last.working_time?))) else {
            return Ok(None);
        };
        let rights = self.rtt_earned(year)?;
        let full_time_days = match law.rtt_cycle() {
            Ok(cycle) if cycle.daily().as_minutes().saturating_mul(5) == time.full_time_week.as_minutes() => {
                cycle.full_year().get() / 2
            }
            _ => table.full_time_days(time.full_time_week).map_err(|week| self.too_long(first, week))?,
        };
        let unused = self.ledger.unused(Counter::of(CounterKind::Rtt, year), rights.given());
        let sick_time = half_days(sick.iter().map(|(_, count)| count).sum());
        let reduction = rule.reduce(full_time_days, unused, sick_time);
        let behind = sick.into_iter().map(|(id, _)| Absence::Sickness(id)).collect();
        Ok((reduction.deducted_days > 0).then(|| (reduction, Because::rule(rule, behind))))
    }

    fn too_long(self, on: NaiveDate, week: WeekTooLong) -> NoRight {
        NoRight::Week { from: self.employment.working_times().since(on).unwrap_or(on), week }
    }

    pub(super) fn rtt_until(self, year: i32) -> Result<NaiveDate, OutsideCalendar> {
        let last = DayOfYear::LAST.in_year(year)?;
        match self.book.at(last).rtt_cycle() {
            Ok(cycle) if year < *YEARS.end() => cycle.usable_until(year),
            _ => Ok(last),
        }
    }
}

/// The months from `first` to `last`, each by its last day, with the part of it that lies between the two and is served.
fn months(
    first: NaiveDate,
    last: NaiveDate,
    unserved: &HalfDaySet,
) -> Result<Vec<(NaiveDate, Ratio)>, OutsideCalendar> {
    let mut months = Vec::new();
    let mut from = first;
    while from <= last {
        let length = u32::from(from.num_days_in_month());
        let end = plus_days(from, i64::from(length - from.day()))?;
        let days = from.iter_days().take_while(|day| *day <= last.min(end));
        let half_days = days.flat_map(|day| [HalfDay::morning(day), HalfDay::afternoon(day)]);
        let served = half_days.filter(|at| !unserved.contains(*at)).fold(whole(0), |sum, _| sum + whole(1));
        months.push((end, served / whole(2 * length)));
        from = match end.succ_opt() {
            Some(next) => next,
            None => break,
        };
    }
    Ok(months)
}
