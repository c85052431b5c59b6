use super::{AbsenceRefusal, AsSeen, Authority, Facts, Motivated, SpecialMotive, of_right};
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
    /// The motive of a special absence, as the rules name it; it is not kept.
    pub special_motive: Option<SpecialMotive>,
    /// Who decides.
    pub authority: Authority,
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: RefuseLeave) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let RefuseLeave { seen, motive, special_motive, authority, facts } = command;
    let (current, decider) = authority.over(state, seen)?;
    of_right::refusable(state, &current, special_motive.as_ref(), "motive", &facts)?;
    let motive = motive.ok_or(AbsenceRefusal::NoMotive(Motivated::Refusal))?;
    let AsSeen { leave, step, .. } = seen;
    Ok(vec![AbsenceEvent::LeaveRefused { leave, step, motive, decider }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::AbsenceLedger;
    use crate::absence_ledger::OpenTimeSavings;
    use crate::absence_ledger::samples::*;
    use crate::specification::{When, given};
    use events::leave::{Counter, CreditCause, LeaveType};
    use rules::HalfDays;

    fn refuse(by: u128) -> RefuseLeave {
        RefuseLeave {
            seen: seen(1, 0),
            motive: motive(),
            special_motive: None,
            authority: authority(by),
            facts: facts("2026-01-05"),
        }
    }

    /// Leave 1 is refused by the manager, but for one of a type that is of right.
    #[track_caller]
    fn refused_unless(of_right: Option<LeaveType>, refusing: When<AbsenceLedger>) {
        match of_right {
            Some(leave_type) => refusing.refused(AbsenceRefusal::OfRight { leave_type, field: "motive" }),
            None => {
                let (leave, motive, decider) = (leave(1), sealed("why"), by_manager());
                refusing.then([AbsenceEvent::LeaveRefused { leave, step: 0, motive, decider }]);
            }
        }
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
            .refused(AbsenceRefusal::NoMotive(Motivated::Refusal));
    }

    #[test]
    fn what_the_law_grants_is_not_refused() {
        let leave_type = LeaveType::Paternity;
        let asked = request(1, leave_type, days("2026-06-10", "2026-06-16"));
        given::<AbsenceLedger>(after([asked.with(|asked| asked.circumstances = Some(birth("2026-06-10"))).into()]))
            .when(refuse(HR))
            .refused(AbsenceRefusal::OfRight { leave_type, field: "motive" });
    }

    #[test]
    fn a_special_absence_that_the_law_grants_is_not_refused() {
        let leave_type = LeaveType::SpecialAbsence;
        for (name, of_right) in [("pregnancy_examination", true), ("marriage_or_pacs", false)] {
            let special = || special(name, (!of_right).then_some("2026-05-02"), 1);
            let asked = request(1, leave_type, days("2026-05-04", "2026-05-04"));
            let asked = given::<AbsenceLedger>(after([asked.with(|asked| asked.special_motive = special()).into()]));
            let refusing = asked.when(RefuseLeave { special_motive: special(), ..refuse(MANAGER) });
            refused_unless(of_right.then_some(leave_type), refusing);
        }
    }

    #[test]
    fn saved_days_right_after_a_family_leave_are_not_refused() {
        let leave_type = LeaveType::TimeSavings;
        let paternity = request(2, LeaveType::Paternity, days("2026-06-10", "2026-06-12"));
        let before = after([
            OpenTimeSavings { facts: facts("2026-01-02") }.into(),
            credit(1, Counter::TIME_SAVINGS, HalfDays::days(10), CreditCause::OpeningBalance).into(),
            paternity.with(|asked| asked.circumstances = Some(birth("2026-06-10"))).into(),
        ]);
        // The family leave ends on a Friday.
        for (first, of_right) in [("2026-06-15", true), ("2026-06-16", false), ("2026-06-09", false)] {
            let saved = request(1, leave_type, days(first, first));
            let events = super::super::request_leave::decide(&ledger(&before), saved).unwrap();
            let refusing = given::<AbsenceLedger>([before.clone(), events].concat()).when(refuse(MANAGER));
            refused_unless(of_right.then_some(leave_type), refusing);
        }
    }

    #[test]
    fn only_an_approver_refuses() {
        given::<AbsenceLedger>(asked()).when(refuse(COLLEAGUE)).refused(AbsenceRefusal::NotAnApprover);
        given::<AbsenceLedger>(asked()).when(refuse(AGENT)).refused(AbsenceRefusal::OwnLeave);
    }
}
