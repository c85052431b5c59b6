use super::{AbsenceRefusal, AsSeen, Authority, Facts, of_right};
use events::Sealed;
use events::leave::AbsenceEvent;
use rules::Ledger;

/// Refuses a leave, with a motive; its half-days are free again. What the law grants is not refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefuseLeave {
    /// What is refused.
    pub seen: AsSeen,
    /// Why.
    pub motive: Option<Sealed<String>>,
    /// Who decides.
    pub authority: Authority,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: RefuseLeave) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let RefuseLeave { seen, motive, authority, facts } = command;
    let (current, decider) = authority.over(state, seen)?;
    of_right::refusable(&current, &facts)?;
    let motive = motive.ok_or(AbsenceRefusal::NoMotive)?;
    let AsSeen { leave, step, .. } = seen;
    Ok(vec![AbsenceEvent::LeaveRefused { leave, step, motive, decider }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::AbsenceLedger;
    use crate::absence_ledger::samples::*;
    use crate::specification::given;
    use events::leave::LeaveType;
    use rules::HalfDays;

    fn refuse(by: u128) -> RefuseLeave {
        RefuseLeave { seen: seen(1, 0), motive: motive(), authority: authority(by), facts: facts("2026-01-05") }
    }

    #[test]
    fn a_refusal_has_a_motive_and_frees_the_half_days() {
        let refused =
            AbsenceEvent::LeaveRefused { leave: leave(1), step: 0, motive: sealed("why"), decider: by_manager() };
        given::<AbsenceLedger>(asked()).when(refuse(MANAGER)).then([refused.clone()]);
        let after = [asked(), vec![refused]].concat();
        assert_eq!(available(&after, annual(2026), "2026-05-04"), HalfDays::days(25));
        given::<AbsenceLedger>(after)
            .when(approve(1, 0, authority(MANAGER)))
            .refused(AbsenceRefusal::NotPending { status: "refused" });
        given::<AbsenceLedger>(asked())
            .when(RefuseLeave { motive: None, ..refuse(MANAGER) })
            .refused(AbsenceRefusal::NoMotive);
    }

    #[test]
    fn what_the_law_grants_is_not_refused() {
        let leave_type = LeaveType::Paternity;
        let asked = request(1, leave_type, days("2026-06-10", "2026-06-16"));
        given::<AbsenceLedger>(after([asked.with(|asked| asked.circumstances = Some(birth("2026-06-10"))).into()]))
            .when(refuse(HR))
            .refused(AbsenceRefusal::OfRight { leave_type });
    }

    #[test]
    fn only_an_approver_refuses() {
        given::<AbsenceLedger>(asked()).when(refuse(COLLEAGUE)).refused(AbsenceRefusal::NotAnApprover);
        given::<AbsenceLedger>(asked()).when(refuse(AGENT)).refused(AbsenceRefusal::OwnLeave);
    }
}
