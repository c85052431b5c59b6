use super::{AbsenceRefusal, Authority};
use events::leave::{AbsenceEvent, Staffing};
use events::{LeaveId, Sealed};
use rules::Ledger;

/// Lets a leave pass although staffing rules of the unit would be broken by it: whoever decides may, with a motive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverrideStaffing {
    /// The leave.
    pub leave: LeaveId,
    /// The step that is meant.
    pub step: u16,
    /// What would be broken, as the journal stood.
    pub staffing: Staffing,
    /// Why.
    pub motive: Option<Sealed<String>>,
    /// Who decides.
    pub authority: Authority,
}

pub(super) fn decide(state: &Ledger, command: OverrideStaffing) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let OverrideStaffing { leave, step, staffing, motive, authority } = command;
    let (_, decider) = authority.over(state, leave, step)?;
    if staffing.breaches.is_empty() {
        return Err(AbsenceRefusal::NothingToOverride);
    }
    let motive = motive.ok_or(AbsenceRefusal::NoMotive)?;
    Ok(vec![AbsenceEvent::StaffingRuleOverridden { leave, staffing, motive, decider }])
}
