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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::AbsenceLedger;
    use crate::absence_ledger::samples::*;
    use crate::specification::given;

    fn let_pass() -> OverrideStaffing {
        OverrideStaffing {
            leave: leave(1),
            step: 0,
            staffing: understaffed(&["2026-05-04 AM"]),
            motive: motive(),
            authority: authority(MANAGER),
        }
    }

    #[test]
    fn who_decides_lets_it_pass_with_a_motive() {
        let staffing = understaffed(&["2026-05-04 AM"]);
        given::<AbsenceLedger>(asked()).when(let_pass()).then([AbsenceEvent::StaffingRuleOverridden {
            leave: leave(1),
            staffing,
            motive: sealed("why"),
            decider: by_manager(),
        }]);
    }

    #[test]
    fn nobody_else_nor_without_a_motive_nor_where_nothing_is_broken() {
        let mut sufficient = let_pass();
        sufficient.staffing.breaches.clear();
        for (command, refusal) in [
            (OverrideStaffing { authority: authority(COLLEAGUE), ..let_pass() }, AbsenceRefusal::NotAnApprover),
            (OverrideStaffing { motive: None, ..let_pass() }, AbsenceRefusal::NoMotive),
            (sufficient, AbsenceRefusal::NothingToOverride),
        ] {
            given::<AbsenceLedger>(asked()).when(command).refused(refusal);
        }
    }
}
