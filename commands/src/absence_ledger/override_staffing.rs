use super::{AbsenceRefusal, AsSeen, Authority, Motivated};
use events::Sealed;
use events::leave::{AbsenceEvent, Staffing};
use rules::Ledger;

/// Lets a leave pass although staffing rules of the unit would be broken by it: whoever decides may, with a motive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverrideStaffing {
    /// What is let pass.
    pub seen: AsSeen,
    /// What would be broken, as the journal stood; none for who has no unit.
    pub staffing: Option<Staffing>,
    /// Why.
    pub motive: Option<Sealed<String>>,
    /// Who decides.
    pub authority: Authority,
}

pub(super) fn decide(state: &Ledger, command: OverrideStaffing) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let OverrideStaffing { seen, staffing, motive, authority } = command;
    let (_, decider) = authority.over(state, seen)?;
    let broken = staffing.filter(|staffing| !staffing.breaches.is_empty());
    let staffing = broken.ok_or(AbsenceRefusal::NothingToOverride)?;
    let motive = motive.ok_or(AbsenceRefusal::NoMotive(Motivated::Correction))?;
    let AsSeen { leave, .. } = seen;
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
            seen: seen(1, 0),
            staffing: Some(understaffed(&["2026-05-04 AM"])),
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
        let nothing_broken = Staffing { breaches: Vec::new(), ..understaffed(&[]) };
        for (command, refusal) in [
            (OverrideStaffing { authority: authority(COLLEAGUE), ..let_pass() }, AbsenceRefusal::NotAnApprover),
            (OverrideStaffing { motive: None, ..let_pass() }, AbsenceRefusal::NoMotive(Motivated::Correction)),
            (OverrideStaffing { staffing: Some(nothing_broken), ..let_pass() }, AbsenceRefusal::NothingToOverride),
            (OverrideStaffing { staffing: None, ..let_pass() }, AbsenceRefusal::NothingToOverride),
            (
                OverrideStaffing { staffing: None, authority: authority(COLLEAGUE), ..let_pass() },
                AbsenceRefusal::NotAnApprover,
            ),
        ] {
            given::<AbsenceLedger>(asked()).when(command).refused(refusal);
        }
    }
}
