use super::{AbsenceRefusal, Facts};
use chrono::Datelike;
use events::leave::{AbsenceEvent, Counter, CounterKind};
use rules::cet::YearOfLeave;
use rules::{HalfDays, Ledger};
use std::collections::BTreeSet;

/// Puts days of this year on the time-savings account (D 2004-878 art. 3 and 7-1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedTimeSavings {
    /// From which counter, and how much.
    pub deposits: Vec<(Counter, HalfDays)>,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: FeedTimeSavings) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let FeedTimeSavings { deposits, facts } = command;
    let (on, year) = (facts.on, facts.on.year());
    if state.time_savings_since().is_none_or(|since| on < since) {
        return Err(AbsenceRefusal::NoTimeSavings);
    }
    let (mut annual_leave, mut all, mut seen) = (HalfDays::ZERO, HalfDays::ZERO, BTreeSet::new());
    for (counter, half_days) in &deposits {
        let is_annual = matches!(counter.kind(), CounterKind::AnnualLeave | CounterKind::Fractionnement);
        let of_this_year = counter.year() == Some(year);
        if !of_this_year || !(is_annual || counter.kind() == CounterKind::Rtt) || !seen.insert(*counter) {
            return Err(AbsenceRefusal::Counter { counter: *counter });
        }
        if half_days.is_zero() {
            return Err(AbsenceRefusal::Nothing);
        }
        facts.holds(state, *counter, *half_days, on)?;
        all += *half_days;
        if is_annual {
            annual_leave += *half_days;
        }
    }
    if all.is_zero() {
        return Err(AbsenceRefusal::Nothing);
    }
    let time = facts.employment.working_times().on(on).ok_or(AbsenceRefusal::EmploymentUnknown)?;
    let balance = facts.balance(state, Counter::TIME_SAVINGS, on)?.available;
    let most = facts.law.at(on).cet_feeding()?.largest_deposit(balance, of_year(state, &facts)?, time.quota.ratio());
    if annual_leave > most.annual_leave || all > most.total {
        return Err(AbsenceRefusal::Deposit { most: most.total, annual_leave: most.annual_leave });
    }
    Ok(vec![AbsenceEvent::TimeSavingsFed { deposits, on }])
}

/// The year's leave: what was saved or given before counts as neither taken nor left.
fn of_year(state: &Ledger, facts: &Facts) -> Result<YearOfLeave, AbsenceRefusal> {
    let balance = |kind| facts.balance(state, Counter::of(kind, facts.on.year()), facts.on);
    let annual = balance(CounterKind::AnnualLeave)?;
    let fractionnement = balance(CounterKind::Fractionnement)?;
    Ok(YearOfLeave {
        entitled: annual.acquired.saturating_sub(annual.debited),
        fractionnement: fractionnement.acquired.saturating_sub(fractionnement.debited),
        taken: annual.taken + annual.booked + fractionnement.taken + fractionnement.booked,
        rtt_left: balance(CounterKind::Rtt)?.available,
    })
}
