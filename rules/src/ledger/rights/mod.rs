//! What a counter is given: by the rules, from the agent's employment, and by decision.

mod fractionnement;
mod rtt;

use chrono::{Datelike, NaiveDate};
use events::leave::{Counter, CounterKind};
use events::{HalfDaySet, LeaveId};
use serde::{Deserialize, Serialize};

use super::leave::spans;
use super::supply::{Demand, Supply};
use super::{Absence, Ledger, Origin, Way};
use crate::annual_leave::AnnualLeave;
use crate::book::{Enacted, RuleBook};
use crate::date::{DayOfYear, OutsideCalendar, YEARS};
use crate::employment::Employment;
use crate::period::Period;
use crate::quantity::HalfDays;
use crate::rtt::WeekTooLong;
use crate::sick_child::SickChild;

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
    #[error("{week}: the working time recorded from {from} on is to be corrected (D 2000-815 art. 3)")]
    Week {
        /// From when the working time is said to be in force.
        from: NaiveDate,
        /// How long the week is.
        week: WeekTooLong,
    },
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

    pub(super) fn end(self, counter: Counter) -> Result<NaiveDate, NoRight> {
        let last = |year: i32| DayOfYear::LAST.in_year(year.min(*YEARS.end()));
        Ok(match (counter.kind(), counter.year()) {
            (CounterKind::AnnualLeave | CounterKind::Fractionnement, Some(year)) => self.annual_leave_until(year)?,
            (CounterKind::Rtt, Some(year)) => self.rtt_until(year)?,
            (CounterKind::CarriedOver, Some(year)) => last(year.saturating_add(1))?,
            (CounterKind::DonatedDays, Some(year)) => match self.book.at(last(year)?).gift_of_days() {
                Ok(rule) => rule.usable_until(year)?,
                Err(_) => last(year)?,
            },
            (CounterKind::SickChild, Some(year)) => last(year)?,
            (_, None) | (CounterKind::TimeSavings, Some(_)) => last(*YEARS.end())?,
        })
    }

    fn annual_leave_until(self, year: i32) -> Result<NaiveDate, OutsideCalendar> {
        let new_year = DayOfYear::FIRST.in_year(year)?;
        self.book.at(new_year).year_end().map_or(DayOfYear::LAST.in_year(year), |rule| rule.annual_leave_until(year))
    }

    fn annual_leave(self, year: i32) -> Result<Rights, NoRight> {
        let (Some(first), Ok(rule)) =
            (self.employment.first_day_in(year)?, self.book.at(DayOfYear::FIRST.in_year(year)?).annual_leave())
        else {
            return Ok(Rights::default());
        };
        let (unserved, behind) = self.unserved(year, rule);
        let half_days = rule.of_services(&self.employment.services(year, &unserved, rule)?);
        Ok(only(Supply {
            half_days,
            from: first,
            until: self.annual_leave_until(year)?,
            because: Because::rule(rule, behind),
        }))
    }

    /// The half-days of a year on leave that is no service, granted or asked for, and that leave (D 85-1250 art. 2). What
    /// lies between leaves that follow each other is in neither of them and counts as within one.
    fn unserved(self, year: i32, rule: &AnnualLeave) -> (HalfDaySet, Vec<Absence>) {
        let is_due = |at| self.employment.pattern_works(at, self.book.calendar());
        let of_year = |period: Period| period.half_days().filter(|at| at.date.year() == year);
        let (mut unserved, mut away, mut behind) = (Vec::new(), HalfDaySet::default(), Vec::new());
        for (id, leave) in self.ledger.leaves().filter(|(_, leave)| !rule.serves(leave.leave_type)) {
            let before = unserved.len();
            unserved.extend(leave.stretches(is_due).into_iter().flat_map(of_year));
            away = away.or(&leave.active());
            if unserved.len() > before {
                behind.push(Absence::Leave(id));
            }
        }
        unserved.extend(spans(&away, is_due).into_iter().flat_map(of_year));
        (unserved.into_iter().collect(), behind)
    }

    fn sick_child(self, year: i32) -> Result<Rights, NoRight> {
        let (Some(first), Ok(rule)) =
            (self.employment.first_day_in(year)?, self.book.at(DayOfYear::FIRST.in_year(year)?).sick_child())
        else {
            return Ok(Rights::default());
        };
        let until = DayOfYear::LAST.in_year(year)?;
        let half_days = self.sick_child_days(rule, first, false);
        Ok(only(Supply { half_days, from: first, until, because: Because::rule(rule, vec![]) }))
    }

    /// What an agent has in a year for a sick child who is alone, or whose partner has no such right.
    pub(super) fn sick_child_alone(self, year: i32) -> Result<HalfDays, NoRight> {
        let first = self.employment.first_day_in(year)?;
        let law = self.book.at(DayOfYear::FIRST.in_year(year)?);
        let (Some(first), Ok(rule)) = (first, law.sick_child()) else { return Ok(HalfDays::ZERO) };
        Ok(self.sick_child_days(rule, first, true))
    }

    fn sick_child_days(self, rule: &SickChild, first: NaiveDate, alone: bool) -> HalfDays {
        let time = self.employment.working_times().on(first);
        let days = time.map(|time| rule.days(rule.full_time_weekly_days(), time.quota.ratio(), alone).days);
        HalfDays::days(days.unwrap_or_default())
    }
}

impl Ledger {
    /// The half-days charged to a counter, granted or asked for.
    pub(super) fn used(&self, counter: Counter) -> HalfDays {
        self.charges(counter).map(|charge| charge.half_days.count()).sum()
    }

    /// The half-days of a counter that were saved, or given to a colleague.
    fn saved_or_given(&self, counter: Counter) -> HalfDays {
        let moved = self.movements.iter().filter(|one| one.counter == counter && one.way == Way::Out);
        let by_agent = moved.filter(|one| matches!(one.origin, Origin::Deposit | Origin::Gift { .. }));
        by_agent.map(|movement| movement.half_days).sum()
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
    pub(super) fn given(&self) -> HalfDays {
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
