use super::approve_leave::{approved, staffed};
use super::{AbsenceRefusal, Authority};
use events::leave::{AbsenceEvent, Staffing};
use events::{HalfDaySet, LeaveId, Sealed};
use rules::Ledger;

/// Approves a part of a leave and refuses the rest of it, half-day by half-day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartiallyApproveLeave {
    /// The leave.
    pub leave: LeaveId,
    /// The step that is meant.
    pub step: u16,
    /// What is refused: some of its half-days, not all.
    pub refused: HalfDaySet,
    /// Why.
    pub motive: Option<Sealed<String>>,
    /// Who decides.
    pub authority: Authority,
    /// The staffing of the unit with what is approved, as the journal stood.
    pub staffing: Option<Staffing>,
}

pub(super) fn decide(state: &Ledger, command: PartiallyApproveLeave) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let PartiallyApproveLeave { leave, step, refused, motive, authority, staffing } = command;
    let (current, decider) = authority.over(state, leave, step)?;
    let active = current.active();
    if refused.is_empty() || !refused.is_within(&active) || refused == active {
        return Err(AbsenceRefusal::NotPartOf);
    }
    let motive = motive.ok_or(AbsenceRefusal::NoMotive)?;
    staffed(&current, staffing.as_ref())?;
    let rest = approved(leave, step, &current, decider, staffing, &authority);
    Ok(vec![AbsenceEvent::LeavePartiallyApproved { leave, step, refused, motive, decider }, rest])
}
