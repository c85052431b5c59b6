//! What of a year's annual leave is carried over after sickness or family leave.

use chrono::NaiveDate;
use events::HalfDaySet;
use events::leave::{Counter, CounterKind, CreditCause, LeaveType};

use super::leave::LeaveStatus;
use super::rights::Rights;
use super::supply::Demand;
use super::{Ledger, Movement, Origin, Way};
use crate::book::{NotInForce, RuleBook};
use crate::carry_over::{Acquired, Carried, Hindrance, NotCarried};
use crate::consecutive::{Stretch, joined};
use crate::date::{DayOfYear, OutsideCalendar};
use crate::employment::Employment;
use crate::family::is_for_a_child_that_comes;
use crate::ledger::NoRight;
use crate::period::Period;
use crate::quantity::HalfDays;

/// An absence that kept annual leave from being taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hindered {
    /// The year whose leave could not be taken.
    pub year: i32,
    /// What kept the agent from taking it.
    pub by: Hindrance,
    /// The day of his return: the first on which he was due again.
    pub return_date: NaiveDate,
    /// Whether the absence had begun before the leave was acquired.
    pub during_absence: bool,
}

/// What is carried over, and from when to when it may be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CarriedOver {
    /// How much, and how much is lost.
    pub days: Carried,
    /// The first day: the return, or the next year's first.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
}

/// Why nothing can be said of a carry-over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Uncarried {
    /// No work pattern on the day of the return.
    #[error("the employment has no work pattern on {0}")]
    NoPattern(NaiveDate),
    /// The year is not over: its leave may still be taken.
    #[error("{0} is not over, its leave may still be taken (D 85-1250 art. 5-1)")]
    Running(i32),
    /// No absence of this kind while the leave of the year could be taken.
    #[error("no such absence is recorded while the leave of {0} could be taken (D 85-1250 art. 5-1)")]
    NoHindrance(i32),
    /// The absence, the last of several, ends with another return.
    #[error("the absence ends with a return on {0} (D 85-1250 art. 5-1)")]
    OtherReturn(NaiveDate),
    /// All of it was taken, or what was not is more than the law carries over.
    #[error("nothing of the annual leave of {0} is carried over (D 85-1250 art. 5-1)")]
    Nothing(i32),
    /// What is left could be taken after the return: nothing prevented it.
    #[error("what is left of the leave of {0} could be taken after the return (D 85-1250 art. 5-1)")]
    NotPrevented(i32),
    /// It would have ended before it began.
    #[error("it could be taken until {0} alone, before the year after began (D 85-1250 art. 5-1)")]
    Ended(NaiveDate),
    /// A rule that is not in force.
    #[error(transparent)]
    NotInForce(#[from] NotInForce),
    /// A hindrance that the provision does not know.
    #[error(transparent)]
    NotCarried(#[from] NotCarried),
    /// Rights that cannot be told.
    #[error(transparent)]
    NoRight(#[from] NoRight),
    /// A date that is not supported.
    #[error(transparent)]
    Outside(#[from] OutsideCalendar),
}

impl Ledger {
    /// What of a year's annual leave is carried over (D 85-1250 art. 5-1), decided `on` a date.
    ///
    /// # Errors
    /// [`Uncarried`] with the reason.
    pub fn carried_over(
        &self,
        hindered: Hindered,
        on: NaiveDate,
        book: &RuleBook,
        employment: &Employment,
    ) -> Result<CarriedOver, Uncarried> {
        let Hindered { year, by, return_date, .. } = hindered;
        if on <= DayOfYear::LAST.in_year(year)? {
            return Err(Uncarried::Running(year));
        }
        let (days, until) = self.carry(hindered, book, employment)?;
        let returns = self.returns(by, year, book, employment)?;
        let last = returns.iter().max().ok_or(Uncarried::NoHindrance(year))?;
        if !returns.contains(&return_date) {
            return Err(Uncarried::OtherReturn(*last));
        }
        if days.carried.is_zero() {
            return Err(Uncarried::Nothing(year));
        }
        if !self.was_prevented(days, hindered, book, employment)? {
            return Err(Uncarried::NotPrevented(year));
        }
        let from = return_date.max(DayOfYear::FIRST.in_year(year.saturating_add(1))?);
        if until < from { Err(Uncarried::Ended(until)) } else { Ok(CarriedOver { days, from, until }) }
    }

    /// The most of a year's annual leave that the law carries over after an absence of this kind, as they are recorded.
    ///
    /// # Errors
    /// [`Uncarried`] when it cannot be told.
    pub(super) fn most_carried(
        &self,
        by: Hindrance,
        year: i32,
        book: &RuleBook,
        employment: &Employment,
    ) -> Result<HalfDays, Uncarried> {
        let mut most = HalfDays::ZERO;
        for return_date in self.returns(by, year, book, employment)? {
            let hindered = Hindered { year, by, return_date, during_absence: false };
            let (days, _) = self.carry(hindered, book, employment)?;
            if self.was_prevented(days, hindered, book, employment)? {
                most = most.max(days.carried);
            }
        }
        Ok(most)
    }

    /// Whether what of a year was not taken could not be after the return either.
    fn was_prevented(
        &self,
        days: Carried,
        hindered: Hindered,
        book: &RuleBook,
        employment: &Employment,
    ) -> Result<bool, OutsideCalendar> {
        let Hindered { year, return_date, .. } = hindered;
        let not_taken = days.unused + self.carried(year);
        Ok(self.could_be_taken(return_date, self.usable_until(year)?, book, employment) < not_taken)
    }

    /// How much of a year's annual leave the law carries over, and until when, whether or not such an absence is recorded.
    ///
    /// # Errors
    /// [`Uncarried`] with the reason.
    pub fn carry(
        &self,
        hindered: Hindered,
        book: &RuleBook,
        employment: &Employment,
    ) -> Result<(Carried, NaiveDate), Uncarried> {
        let Hindered { year, by, return_date, during_absence } = hindered;
        let rule = book.at(return_date).carry_over()?;
        let pattern = employment.patterns().on(return_date).ok_or(Uncarried::NoPattern(return_date))?;
        let YearOfLeave { entitled, used } = self.year_of_leave(year, book, employment)?;
        let days = rule.carry(by, pattern.weekly_days(), entitled, used)?;
        Ok((days, rule.usable_until(by, return_date, Acquired { year, during_absence })?))
    }

    /// The annual leave of a year: what was given, and what of it is taken, asked for or carried over.
    pub(super) fn year_of_leave(
        &self,
        year: i32,
        book: &RuleBook,
        employment: &Employment,
    ) -> Result<YearOfLeave, NoRight> {
        let annual_leave = Counter::of(CounterKind::AnnualLeave, year);
        let year_end = DayOfYear::LAST.in_year(year)?;
        let balance = self.balance(annual_leave, year_end, book, employment)?;
        Ok(YearOfLeave {
            entitled: balance.acquired.saturating_sub(balance.debited),
            used: balance.taken + balance.booked + balance.reserved + self.carried(year),
        })
    }

    /// What of a counter, its uses aside, was not carried over: the rest, and how much of what was carried over is used
    /// too. None for a counter of which nothing was.
    pub(super) fn beside_carry_over(
        &self,
        counter: Counter,
        rights: &Rights,
        demands: &[Demand],
    ) -> Option<Uncommitted> {
        let year = counter.year().filter(|_| counter.kind() == CounterKind::AnnualLeave)?;
        let carried = self.carried(year);
        let committed = carried + demands.iter().map(|demand| demand.half_days).sum();
        let given = rights.given();
        (!carried.is_zero())
            .then(|| Uncommitted { rest: given.saturating_sub(committed), twice: committed.saturating_sub(given) })
    }

    /// The annual leave of a year that was carried over and not taken back.
    fn carried(&self, year: i32) -> HalfDays {
        let counter = Counter::of(CounterKind::CarriedOver, year);
        let moved = |way| {
            let movements = self.movements.iter().filter(|movement| movement.counter == counter && movement.way == way);
            movements.map(|movement| movement.half_days).sum::<HalfDays>()
        };
        moved(Way::In).saturating_sub(moved(Way::Out))
    }

    /// The returns from the absences of this kind that took half-days on which leave of `year` could be taken: until 31
    /// December, or the end of an exceptional carry-over (D 85-1250 art. 5). Absences between which nothing is due are one.
    fn returns(
        &self,
        from: Hindrance,
        year: i32,
        book: &RuleBook,
        employment: &Employment,
    ) -> Result<Vec<NaiveDate>, OutsideCalendar> {
        self.returns_of(from, year, self.usable_until(year)?, book, employment)
    }

    /// The returns from the absences of this kind that took half-days of `year`, or of the next up to `last`.
    pub(super) fn returns_of(
        &self,
        from: Hindrance,
        year: i32,
        last: NaiveDate,
        book: &RuleBook,
        employment: &Employment,
    ) -> Result<Vec<NaiveDate>, OutsideCalendar> {
        let first = DayOfYear::FIRST.in_year(year)?;
        let away = self.away_for(from);
        let stretches = joined(&away, |at| employment.pattern_works(at, book.calendar()));
        let hindering: Vec<_> = away.iter().filter(|at| first <= at.date && at.date <= last).collect();
        let hindered = |one: &Stretch| hindering.iter().any(|at| one.first <= *at && *at < one.back);
        Ok(stretches.iter().filter(|one| hindered(one)).map(Stretch::return_day).collect())
    }

    /// How much leave could be taken from a return on: the half-days until `last` on which the agent was due, and away for
    /// nothing.
    pub(super) fn could_be_taken(
        &self,
        back: NaiveDate,
        last: NaiveDate,
        book: &RuleBook,
        employment: &Employment,
    ) -> HalfDays {
        let due = Period::days(back, last).map(|period| employment.due(period, book.calendar())).unwrap_or_default();
        due.without(&self.away()).count()
    }

    /// The last day on which annual leave of a year could be taken, an exceptional carry-over counted.
    fn usable_until(&self, year: i32) -> Result<NaiveDate, OutsideCalendar> {
        let of_year = |movement: &&Movement| movement.counter.year() == Some(year);
        let authorised = self.movements.iter().filter(of_year).filter_map(|movement| match movement.origin {
            Origin::Decision { cause: CreditCause::ExceptionalCarryOver, .. } => movement.until,
            Origin::Decision { .. } | Origin::Deposit | Origin::Split | Origin::Gift { .. } => None,
        });
        Ok(authorised.fold(DayOfYear::LAST.in_year(year)?, NaiveDate::max))
    }

    /// The half-days of absences of this kind.
    pub(super) fn away_for(&self, hindrance: Hindrance) -> HalfDaySet {
        match hindrance {
            Hindrance::Sickness => self.sicknesses().flat_map(|(_, sickness)| sickness.half_days.iter()).collect(),
            Hindrance::Family => {
                let granted = self.leaves().filter(|(_, leave)| leave.status == LeaveStatus::Granted);
                let of_family = granted.filter(|(_, leave)| is_of_family(leave.leave_type));
                of_family.flat_map(|(_, leave)| &leave.charges).flat_map(|charge| charge.half_days.iter()).collect()
            }
        }
    }
}

/// What is left of a year's annual leave beside what was carried over.
#[derive(Clone, Copy)]
pub(super) struct Uncommitted {
    /// What neither leave nor a carry-over has.
    pub(super) rest: HalfDays,
    /// What leave has although it was carried over.
    pub(super) twice: HalfDays,
}

/// A year's annual leave.
pub(super) struct YearOfLeave {
    pub(super) entitled: HalfDays,
    pub(super) used: HalfDays,
}

/// The leaves for parents and families (CGFP, L.631-1 to L.634-4), of which D 85-1250 art. 5-1 speaks.
const fn is_of_family(leave_type: LeaveType) -> bool {
    is_for_a_child_that_comes(leave_type)
        || matches!(leave_type, LeaveType::ParentalPresence | LeaveType::Carer | LeaveType::EndOfLife)
}
