use super::{AbsenceRefusal, Facts};
use events::leave::{Counter, CounterKind};
use rules::Ledger;
use rules::date::DayOfYear;
use rules::ledger::{Leave, saved_as_annual_leave};
use std::collections::BTreeSet;

/// Refuses that half-days of `leave` return to their counters where others rest on them: what had to be taken before
/// annual leave of the year was saved (D 2004-878 art. 3), or what earned extra days that are in use (D 85-1250 art. 1).
/// Whoever gives them back, and for whatever motive: the law knows no exception.
pub(super) fn returnable(leave: &Leave, before: &Ledger, after: &Ledger, facts: &Facts) -> Result<(), AbsenceRefusal> {
    let counters = leave.charges.iter().filter_map(|charge| charge.counter);
    let years: BTreeSet<i32> =
        counters.filter(|counter| saved_as_annual_leave(*counter)).filter_map(Counter::year).collect();
    for year in years {
        if after.is_saved_untaken(year, &facts.law, &facts.employment)? {
            return Err(AbsenceRefusal::SavedUntaken { year });
        }
        let last = DayOfYear::LAST.in_year(year)?;
        let counter = Counter::of(CounterKind::Fractionnement, year);
        let by = facts.balance(after, counter, last)?.overdrawn;
        if by > facts.balance(before, counter, last)?.overdrawn {
            return Err(AbsenceRefusal::Unearned { counter, by });
        }
    }
    Ok(())
}
