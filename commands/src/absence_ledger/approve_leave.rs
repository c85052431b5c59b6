use super::{AbsenceRefusal, Authority};
use events::LeaveId;
use events::leave::{AbsenceEvent, Staffing};
use events::validation::Decider;
use rules::Ledger;
use rules::ledger::Leave;

/// Approves a leave at a step. Its half-days are reserved since it was asked for, so that neither the order of
/// approvals nor anything that happened meanwhile changes what it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApproveLeave {
    /// The leave.
    pub leave: LeaveId,
    /// The step that is meant: an approval that comes second is not taken for one of the next step.
    pub step: u16,
    /// Who decides.
    pub authority: Authority,
    /// The staffing of the unit with this leave, as the journal stood.
    pub staffing: Option<Staffing>,
}

pub(super) fn decide(state: &Ledger, command: ApproveLeave) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let ApproveLeave { leave, step, authority, staffing } = command;
    let (current, decider) = authority.over(state, leave, step)?;
    staffed(&current, staffing.as_ref())?;
    Ok(vec![approved(leave, step, &current, decider, staffing, &authority)])
}

/// Refuses to break staffing rules unless somebody let it pass, or the leave is of right in any case.
pub(super) fn staffed(leave: &Leave, staffing: Option<&Staffing>) -> Result<(), AbsenceRefusal> {
    let overridden = leave.pending().is_some_and(|pending| pending.overridden);
    match staffing {
        Some(staffing) if !staffing.breaches.is_empty() && !overridden => Err(AbsenceRefusal::Understaffed),
        _ => Ok(()),
    }
}

/// The leave is granted by the last approval of the last step; any other approval is one of its step.
pub(super) fn approved(
    leave: LeaveId,
    step: u16,
    current: &Leave,
    decider: Decider,
    staffing: Option<Staffing>,
    authority: &Authority,
) -> AbsenceEvent {
    if current.is_at_last_step() && current.awaits_one_approval() {
        AbsenceEvent::LeaveApproved { leave, step, decider, staffing }
    } else {
        AbsenceEvent::LeaveStepApproved { leave, step, decider, at: authority.at }
    }
}
