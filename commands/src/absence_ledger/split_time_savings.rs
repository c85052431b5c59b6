use super::{AbsenceRefusal, Facts};
use events::leave::{AbsenceEvent, Counter};
use rules::cet::{Split, SplitRefused};
use rules::date::DayOfYear;
use rules::{HalfDays, Ledger};

/// Chooses what becomes of the days saved on 31 December beyond those that are leave only: kept, paid, or turned into
/// pension (D 2004-878 art. 4 to 7). What leave is booked on is kept: it is given back first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitTimeSavings {
    /// The account of 31 December of this year.
    pub year: i32,
    /// The choice.
    pub split: Split,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: SplitTimeSavings) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let SplitTimeSavings { year, split, facts } = command;
    if state.time_savings_are_split(year) {
        return Err(AbsenceRefusal::AlreadyRecorded);
    }
    let last = DayOfYear::LAST.in_year(year).map_err(SplitRefused::from)?;
    let rule = facts.law.at(last).cet_options().map_err(|_| SplitRefused::NoRule(year))?;
    rule.check_date(year, facts.on)?;
    let status = facts.employment.statuses().on(last).ok_or(SplitRefused::Unknown(year))?;
    rule.check(saved(state, year, &facts)?, *status, split)?;
    let Split { kept, paid, pension } = split;
    facts.holds(state, Counter::TIME_SAVINGS, paid + pension, facts.on)?;
    Ok(vec![AbsenceEvent::TimeSavingsSplit { year, kept, paid, pension, on: facts.on, chosen: true }])
}

/// What was saved on 31 December of a year, booked or not.
pub(super) fn saved(state: &Ledger, year: i32, facts: &Facts) -> Result<HalfDays, AbsenceRefusal> {
    if state.time_savings_since().is_none() {
        return Err(AbsenceRefusal::NoTimeSavings);
    }
    Ok(facts.balance(state, Counter::TIME_SAVINGS, DayOfYear::LAST.in_year(year)?)?.held())
}
