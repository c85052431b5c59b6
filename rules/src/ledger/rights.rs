//! What a counter is given: by the rules, from the agent's employment, and by decision.

use chrono::{Datelike, NaiveDate};
use events::LeaveId;
use events::leave::{Counter, CounterKind};
use serde::{Deserialize, Serialize};

use super::supply::{Demand, Supply};
use super::{Absence, LeaveStatus, Ledger, Origin, Way};
use crate::book::{Enacted, RuleBook};
use crate::date::{DayOfYear, OutsideCalendar, YEARS, plus_days};
use crate::employment::Employment;
use crate::fractionnement::Fractionnement;
use crate::quantity::{HalfDays, Ratio, whole};
use crate::rtt::{RttReduction, WeekTooLong};

/// What is behind a number: a rule with its article, or an event with its identifier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Because {
    /// A rule.
    Rule {
        /// Its name.
        rule: String,
        /// The article.
        source: String,
        /// The absences that it looked at.
        behind: Vec<Absence>,
    },
    /// A movement by decision.
    Movement {
        /// What it comes from.
        origin: Origin,
    },
    /// A leave.
    Leave {
        /// The leave.
        leave: LeaveId,
    },
}

impl Because {
    fn rule<T>(enacted: &Enacted<T>, behind: Vec<Absence>) -> Self {
        let provision = enacted.provision();
        Self::Rule { rule: provision.rule.clone(), source: provision.source.clone(), behind }
    }
}

/// Why the rights on a counter cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoRight {
    /// The agent's week is longer than the law allows.
    #[error(transparent)]
    Week(#[from] WeekTooLong),
    /// A date that is not supported.
    #[error(transparent)]
    Outside(#[from] OutsideCalendar),
}

/// What a counter is given and, other than by leave, loses.
#[derive(Clone, Debug, Default)]
pub(super) struct Rights {
    pub(super) supplies: Vec<Supply>,
    pub(super) debits: Vec<(Demand, Because)>,
}

/// The counters of one agent under one book.
#[derive(Clone, Copy)]
pub(super) struct Counters<'a> {
    pub(super) ledger: &'a Ledger,
    pub(super) book: &'a RuleBook,
    pub(super) employment: &'a Employment,
}

impl Counters<'_> {
    /// The rights on one counter. A rule that is not in force gives none.
    pub(super) fn rights(self, counter: Counter) -> Result<Rights, NoRight> {
        let mut rights = match (counter.kind(), counter.year()) {
            (CounterKind::AnnualLeave, Some(year)) => self.annual_leave(year)?,
            (CounterKind::Fractionnement, Some(year)) => self.fractionnement(year)?,
            (CounterKind::Rtt, Some(year)) => self.rtt(year)?,
            (CounterKind::SickChild, Some(year)) => self.sick_child(year)?,
            (CounterKind::CarriedOver | CounterKind::DonatedDays | CounterKind::TimeSavings, _) | (_, None) => {
                Rights::default()
            }
        };
        let end = self.end(counter)?;
        for movement in self.ledger.movements.iter().filter(|movement| movement.counter == counter) {
            let because = Because::Movement { origin: movement.origin };
            let (half_days, from) = (movement.half_days, movement.from);
            match movement.way {
                Way::In => {
                    rights.supplies.push(Supply { half_days, from, until: movement.until.unwrap_or(end), because })
                }
                Way::Out => rights.debits.push((Demand { half_days, on: from }, because)),
            }
        }
        Ok(rights)
    }

    /// The counters of a kind that leave on this date may draw on, the one that ends first going first.
    pub(super) fn candidates(self, kind: CounterKind, date: NaiveDate) -> Vec<Counter> {
        let year = date.year();
        match kind {
            CounterKind::CarriedOver => {
                let carried = self.ledger.movements.iter().filter(|movement| movement.counter.kind() == kind);
                let mut counters: Vec<_> = carried.map(|movement| movement.counter).collect();
                counters.sort_unstable();
                counters.dedup();
                counters
            }
            CounterKind::Rtt => vec![Counter::of(kind, year - 1), Counter::of(kind, year)],
            CounterKind::AnnualLeave
            | CounterKind::Fractionnement
            | CounterKind::TimeSavings
            | CounterKind::SickChild
            | CounterKind::DonatedDays => vec![Counter::of(kind, year)],
        }
    }

    fn end(self, counter: Counter) -> Result<NaiveDate, NoRight> {
        let last = |year: i32| DayOfYear::LAST.in_year(year.min(*YEARS.end()));
        Ok(match (counter.kind(), counter.year()) {
            (CounterKind::AnnualLeave | CounterKind::Fractionnement, Some(year)) => self.annual_leave_until(year)?,
            (CounterKind::Rtt, Some(year)) => self.rtt_until(year)?,
            (CounterKind::CarriedOver, Some(year)) => last(year.saturating_add(1))?,
            (CounterKind::SickChild | CounterKind::DonatedDays, Some(year)) => last(year)?,
            (_, None) | (CounterKind::TimeSavings, Some(_)) => last(*YEARS.end())?,
        })
    }

    fn annual_leave_until(self, year: i32) -> Result<NaiveDate, OutsideCalendar> {
        let new_year = DayOfYear::FIRST.in_year(year)?;
        self.book.at(new_year).year_end().map_or(DayOfYear::LAST.in_year(year), |rule| rule.annual_leave_until(year))
    }

    fn rtt_until(self, year: i32) -> Result<NaiveDate, OutsideCalendar> {
        let last = DayOfYear::LAST.in_year(year)?;
        match self.book.at(last).rtt_cycle() {
            Ok(cycle) if year < *YEARS.end() => cycle.usable_until(year),
            _ => Ok(last),
        }
    }

    fn annual_leave(self, year: i32) -> Result<Rights, NoRight> {
        let (Some(first), Ok(rule)) =
            (self.employment.first_day_in(year)?, self.book.at(DayOfYear::FIRST.in_year(year)?).annual_leave())
        else {
            return Ok(Rights::default());
        };
        let half_days = rule.of_services(&self.employment.services(year, rule)?);
        Ok(only(Supply {
            half_days,
            from: first,
            until: self.annual_leave_until(year)?,
            because: Because::rule(rule, vec![]),
        }))
    }

    /// The days that the rules credit ahead, and those that leave out of season earns beyond; at the start of the
    /// next year, what was used ahead and not earned is taken back, as far as that year's own are not used.
    fn fractionnement(self, year: i32) -> Result<Rights, NoRight> {
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
            let used = self.ledger.used(Counter::of(CounterKind::Fractionnement, before));
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

    /// RTT: month by month in the City's own cycle, else for the year by the length of the week; less what the
    /// sicknesses of the year before cost beyond its right, and what those of the year cost. Neither takes what is
    /// in use.
    fn rtt(self, year: i32) -> Result<Rights, NoRight> {
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
        let mut monthly: Vec<(NaiveDate, Ratio)> = Vec::new();
        let mut yearly = whole(0);
        for stretch in self.employment.stretches(year)? {
            let Some(time) = stretch.working_time else { continue };
            let quota = time.quota.ratio();
            let cycle = law.rtt_cycle().ok();
            match cycle.filter(|cycle| cycle.daily().as_minutes().saturating_mul(5) == time.full_time_week.as_minutes())
            {
                Some(cycle) => {
                    for (month_end, share) in months(stretch.first, stretch.last)? {
                        let before = NaiveDate::from_ymd_opt(year, month_end.month() - 1, 1);
                        let earlier = before.map_or(HalfDays::ZERO, |date| cycle.earned_by(date));
                        let earned = cycle.earned_by(month_end).saturating_sub(earlier);
                        monthly.push((month_end, earned.in_days() * quota * share));
                    }
                }
                None => {
                    let share = months(stretch.first, stretch.last)?.iter().fold(whole(0), |sum, (_, part)| sum + part);
                    yearly += table.exact_days(time.full_time_week, quota)? * share / whole(12);
                }
            }
        }
        let because =
            || law.rtt_cycle().map_or_else(|_| Because::rule(table, vec![]), |cycle| Because::rule(cycle, vec![]));
        let mut rights = Rights::default();
        let year_right = table.rounded(yearly);
        if let (false, Some(first)) = (year_right.is_zero(), self.employment.first_day_in(year)?) {
            rights.supplies.push(Supply {
                half_days: year_right,
                from: first,
                until,
                because: Because::rule(table, vec![]),
            });
        }
        let (mut exact, mut given) = (whole(0), HalfDays::ZERO);
        for (month_end, earned) in monthly {
            exact += earned;
            let half_days = table.rounded(exact).saturating_sub(given);
            given += half_days;
            if !half_days.is_zero() {
                rights.supplies.push(Supply { half_days, from: month_end, until, because: because() });
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
        let Some(time) = self.employment.stretches(year)?.last().and_then(|stretch| stretch.working_time) else {
            return Ok(None);
        };
        let rights = self.rtt_earned(year)?;
        let full_time_days = match law.rtt_cycle() {
            Ok(cycle) if cycle.daily().as_minutes().saturating_mul(5) == time.full_time_week.as_minutes() => {
                cycle.earned_by(last).get() / 2
            }
            _ => table.full_time_days(time.full_time_week)?,
        };
        let unused = self.ledger.unused(Counter::of(CounterKind::Rtt, year), rights.given());
        let sick_time = half_days(sick.iter().map(|(_, count)| count).sum());
        let reduction = rule.reduce(full_time_days, unused, sick_time);
        let behind = sick.into_iter().map(|(id, _)| Absence::Sickness(id)).collect();
        Ok((reduction.deducted_days > 0).then(|| (reduction, Because::rule(rule, behind))))
    }

    fn sick_child(self, year: i32) -> Result<Rights, NoRight> {
        let (Some(first), Ok(rule)) =
            (self.employment.first_day_in(year)?, self.book.at(DayOfYear::FIRST.in_year(year)?).sick_child())
        else {
            return Ok(Rights::default());
        };
        let Some(time) = self.employment.working_times().on(first) else { return Ok(Rights::default()) };
        let days = rule.days(rule.full_time_weekly_days(), time.quota.ratio(), false).days;
        let until = DayOfYear::LAST.in_year(year)?;
        Ok(only(Supply { half_days: HalfDays::days(days), from: first, until, because: Because::rule(rule, vec![]) }))
    }
}

impl Ledger {
    /// The half-days charged to a counter, granted or asked for.
    pub(super) fn used(&self, counter: Counter) -> HalfDays {
        self.charges(counter).map(|charge| charge.half_days.count()).sum()
    }

    /// What neither leave nor a decision has taken of a counter that the rules give so much.
    fn unused(&self, counter: Counter, given: HalfDays) -> HalfDays {
        let moved = |way| {
            let movements = self.movements.iter().filter(|one| one.counter == counter && one.way == way);
            movements.map(|movement| movement.half_days).sum::<HalfDays>()
        };
        (given + moved(Way::In)).saturating_sub(self.used(counter) + moved(Way::Out))
    }

    fn charges(&self, counter: Counter) -> impl Iterator<Item = &events::leave::Charge> {
        self.leaves.values().flat_map(|leave| &leave.charges).filter(move |charge| charge.counter == Some(counter))
    }
}

impl Rights {
    /// Everything that is given.
    fn given(&self) -> HalfDays {
        self.supplies.iter().map(|supply| supply.half_days).sum()
    }

    /// Takes `half_days` of `left` on a date; says what is left then.
    fn take(&mut self, half_days: HalfDays, on: NaiveDate, because: Because, left: HalfDays) -> HalfDays {
        if !half_days.is_zero() {
            self.debits.push((Demand { half_days, on }, because));
        }
        left.saturating_sub(half_days)
    }
}

fn only(supply: Supply) -> Rights {
    Rights { supplies: vec![supply], debits: Vec::new() }
}

fn half_days(count: usize) -> HalfDays {
    HalfDays::new(u32::try_from(count).unwrap_or(u32::MAX))
}

fn behind(out: &[(LeaveId, NaiveDate)]) -> Vec<Absence> {
    let mut leaves: Vec<_> = out.iter().map(|(leave, _)| *leave).collect();
    leaves.sort_unstable();
    leaves.dedup();
    leaves.into_iter().map(Absence::Leave).collect()
}

/// The months from `first` to `last`, each by its last day, with the part of it that lies between the two.
fn months(first: NaiveDate, last: NaiveDate) -> Result<Vec<(NaiveDate, Ratio)>, OutsideCalendar> {
    let mut months = Vec::new();
    let mut from = first;
    while from <= last {
        let length = u32::from(from.num_days_in_month());
        let end = plus_days(from, i64::from(length - from.day()))?;
        let days = (last.min(end) - from).num_days() + 1;
        months.push((end, Ratio::new(i128::from(days), i128::from(length))));
        from = match end.succ_opt() {
            Some(next) => next,
            None => break,
        };
    }
    Ok(months)
}
