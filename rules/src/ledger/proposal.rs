//! Leave that would be counted otherwise now: what was decided stays frozen, and a correction is proposed.

use events::{HalfDaySet, LeaveId};

use super::Ledger;
use crate::book::RuleBook;
use crate::employment::Employment;

/// A correction of a leave that the calendar or the employment of now would ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The leave.
    pub leave: LeaveId,
    /// The half-days that it takes and on which no work is due any more.
    pub release: HalfDaySet,
    /// Those of its period on which work is due and that nothing takes.
    pub add: HalfDaySet,
}

impl Ledger {
    /// The corrections that `book` and `employment` ask for of leave granted or asked for. Of a leave that was given back in
    /// part nothing is added: what is not taken of it may have been meant.
    #[must_use]
    pub fn proposals(&self, book: &RuleBook, employment: &Employment) -> Vec<Proposal> {
        let away = self.away();
        let proposed = self.leaves().filter_map(|(id, leave)| {
            let active = leave.active();
            let due = |at| employment.pattern_works(at, book.calendar()) && employment.in_service(at.date);
            let release: HalfDaySet = active.iter().filter(|at| !due(*at)).collect();
            let whole = !active.is_empty() && active.count() == leave.asked;
            let period = whole.then(|| employment.due(leave.period, book.calendar()).without(&away));
            let add = period.unwrap_or_default();
            let asks = !release.is_empty() || !add.is_empty();
            asks.then_some(Proposal { leave: id, release, add })
        });
        proposed.collect()
    }
}
