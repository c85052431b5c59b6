use super::{AbsenceRefusal, Authority};
use crate::Law;
use events::leave::AbsenceEvent;
use events::{LeaveId, Sealed};
use rules::Ledger;

/// Refuses a leave, with a motive; its half-days are free again. What the law grants is not refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefuseLeave {
    /// The leave.
    pub leave: LeaveId,
    /// The step that is meant.
    pub step: u16,
    /// Why.
    pub motive: Option<Sealed<String>>,
    /// Who decides.
    pub authority: Authority,
    /// The rules in force.
    pub law: Law,
}

pub(super) fn decide(state: &Ledger, command: RefuseLeave) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let RefuseLeave { leave, step, motive, authority, law } = command;
    let (current, decider) = authority.over(state, leave, step)?;
    let leave_type = current.leave_type;
    if law.at(current.period.start().date).leave_types()?.of(leave_type).is_some_and(|rule| rule.of_right) {
        return Err(AbsenceRefusal::OfRight { leave_type });
    }
    let motive = motive.ok_or(AbsenceRefusal::NoMotive)?;
    Ok(vec![AbsenceEvent::LeaveRefused { leave, step, motive, decider }])
}
