use super::{AbsenceRefusal, Facts};
use rules::ledger::Leave;

/// Refuses that a leave which the law grants is refused, be it in part.
pub(super) fn refusable(leave: &Leave, facts: &Facts) -> Result<(), AbsenceRefusal> {
    let leave_type = leave.leave_type;
    let of_right = facts.type_rule(leave_type, leave.period.start().date)?.of_right;
    if of_right { Err(AbsenceRefusal::OfRight { leave_type }) } else { Ok(()) }
}
