//! Leave that would be counted otherwise now: what was decided stays frozen, and a correction is proposed.

use events::{HalfDaySet, LeaveId};

use super::{LeaveStatus, Ledger};
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
    /// The corrections that `book` and `employment` ask for of leave that is granted. What was given back, refused or
    /// released of one is not added: that it is not taken may have been meant.
    #[must_use]
    pub fn proposals(&self, book: &RuleBook, employment: &Employment) -> Vec<Proposal> {
        let away = self.away();
        let granted = self.leaves().filter(|(_, leave)| leave.status == LeaveStatus::Granted);
        let proposed = granted.filter_map(|(id, leave)| {
            let active = leave.active();
            let due = |at| employment.pattern_works(at, book.calendar()) && employment.in_service(at.date);
            let release: HalfDaySet = active.iter().filter(|at| !due(*at)).collect();
            let counted = || employment.due(leave.period, book.calendar()).without(&away).without(&leave.released);
            let add = if active.is_empty() { HalfDaySet::default() } else { counted() };
            let asks = !release.is_empty() || !add.is_empty();
            asks.then_some(Proposal { leave: id, release, add })
        });
        proposed.collect()
    }
}
