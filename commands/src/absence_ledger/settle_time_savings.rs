use super::split_time_savings::saved;
use super::{AbsenceRefusal, Facts};
use events::Actor;
use events::leave::{AbsenceEvent, Counter};
use rules::cet::{Silence, SplitRefused};
use rules::date::DayOfYear;
use rules::{HalfDays, Ledger};

/// Lets silence choose, once the time to choose is over: pension for officials, pay for the others (D 2004-878 art.
/// 5). What leave is booked on is kept (convention).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettleTimeSavings {
    /// The account of 31 December of this year.
    pub year: i32,
    /// Who lets it.
    pub by: Actor,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: SettleTimeSavings) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let SettleTimeSavings { year, by, facts } = command;
    facts.by_another(by)?;
    if state.time_savings_are_split(year) {
        return Ok(Vec::new());
    }
    let last = DayOfYear::LAST.in_year(year).map_err(SplitRefused::from)?;
    let rule = facts.law.at(last).cet_options().map_err(|_| SplitRefused::NoRule(year))?;
    let until = rule.choose_by(year).map_err(SplitRefused::from)?;
    if facts.on <= until {
        return Err(AbsenceRefusal::ChoiceOpen { until });
    }
    let status = facts.employment.statuses().on(last).ok_or(SplitRefused::Unknown(year))?;
    let options = rule.of(saved(state, year, &facts)?, *status);
    let free = options.optional.min(facts.balance(state, Counter::TIME_SAVINGS, facts.on)?.available);
    let (paid, pension) = match options.silence {
        Silence::Nothing => return Ok(Vec::new()),
        Silence::Pension => (HalfDays::ZERO, free),
        Silence::Paid => (free, HalfDays::ZERO),
    };
    let kept = options.optional.saturating_sub(free);
    Ok(vec![AbsenceEvent::TimeSavingsSplit { year, kept, paid, pension, on: facts.on, chosen: false }])
}
