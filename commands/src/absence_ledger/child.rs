use super::special_motive::Absence;
use super::{AbsenceRefusal, Facts};
use events::leave::Occasion;
use rules::Ledger;
use rules::family::{FamilyLeave, FamilyLeaveRefused};
use rules::ledger::Leave;

/// What is said of the child that a family leave is for, as hashes tell it apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// What is kept of it.
    pub said: Occasion,
    /// What is kept where something else is said, by which the law gives otherwise.
    pub contrary: Vec<Occasion>,
}

/// Refuses a family leave beside one of the `ledger` for the same child of which something else was said.
pub(super) fn consistent(absence: &Absence<'_>, ledger: &Ledger, facts: &Facts) -> Result<(), AbsenceRefusal> {
    let of_type = ledger.leaves().filter(|(_, leave)| leave.leave_type == absence.leave_type);
    of_type.map(|(_, leave)| leave).try_for_each(|other| agrees(absence, other, facts))
}

/// Refuses it beside this one.
pub(super) fn agrees(absence: &Absence<'_>, other: &Leave, facts: &Facts) -> Result<(), AbsenceRefusal> {
    let Absence { leave_type, period, circumstances, child, .. } = *absence;
    let contrary = other.occasion.is_some_and(|kept| child.is_some_and(|child| child.contrary.contains(&kept)));
    let (true, Some(circumstances), Some(span)) = (contrary, circumstances, other.span()) else { return Ok(()) };
    let leave = FamilyLeave { leave_type, period, asked_on: None, others: &[] };
    if leave.is_for_the_child_of(span, circumstances, &facts.law)? {
        let (first, last) = (span.start().date, span.end().date);
        return Err(FamilyLeaveRefused::Contrary { first, last }.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::samples::*;
    use crate::absence_ledger::{AbsenceLedger, AmendLeave, Asked, RequestLeave};
    use crate::specification::given;
    use esrs::Aggregate;
    use events::leave::LeaveType;
    use rules::family::{Circumstances, Pregnancy};

    /// Of occasions that are small numbers, this one is said, and the others up to 4 are not.
    fn said(number: u8) -> Option<Child> {
        let occasion = |number| Occasion::new([number; 16]);
        let contrary = (1..=4).filter(|other| *other != number).map(occasion).collect();
        Some(Child { said: occasion(number), contrary })
    }

    fn maternity(number: u128, first: &str, last: &str, rank: Pregnancy, kept: u8) -> RequestLeave {
        request(number, LeaveType::Maternity, days(first, last)).with(|asked| {
            asked.circumstances =
                Some(Circumstances::Pregnancy { rank, due: day("2026-06-10"), born: None, moved_weeks: 0 });
            asked.child = said(kept);
        })
    }

    #[test]
    fn one_birth_is_not_of_one_child_and_then_of_two() {
        let first = after([maternity(1, "2026-04-29", "2026-08-18", Pregnancy::FirstOrSecond, 1).into()]);
        let contrary = FamilyLeaveRefused::Contrary { first: day("2026-04-29"), last: day("2026-08-18") };
        given::<AbsenceLedger>(first.clone())
            .when(maternity(2, "2026-08-19", "2026-11-10", Pregnancy::Twins, 3))
            .refused(contrary.into());
        let born_later = maternity(2, "2027-04-28", "2027-08-17", Pregnancy::Twins, 3).with(|asked| {
            asked.circumstances = Some(Circumstances::Pregnancy {
                rank: Pregnancy::Twins,
                due: day("2027-06-09"),
                born: None,
                moved_weeks: 0,
            });
        });
        assert_eq!(AbsenceLedger::handle_command(&ledger(&first), born_later.into()).unwrap().len(), 1);
        let Asked { circumstances, child, .. } = maternity(1, "2026-04-29", "2026-08-18", Pregnancy::Twins, 3).asked;
        let amended = Asked { circumstances, child, ..dates(1, days("2026-04-29", "2026-11-10"), "2026-01-03") };
        assert_eq!(AbsenceLedger::handle_command(&ledger(&first), AmendLeave(amended).into()).unwrap().len(), 1);
    }

    #[test]
    fn of_an_adoption_and_a_birth_it_is_the_same() {
        let asked = |number, leave_type, (first, last), circumstances, kept| {
            request(number, leave_type, days(first, last)).with(|asked| {
                asked.circumstances = Some(circumstances);
                asked.child = said(kept);
            })
        };
        let adopted = |adopted| Circumstances::Adoption {
            arrived: day("2026-03-02"),
            adopted,
            in_charge: adopted,
            shared: false,
        };
        let born = |multiple| Circumstances::Birth { born: day("2026-03-02"), multiple, first_day: Default::default() };
        for (leave_type, first, then) in
            [(LeaveType::Adoption, adopted(1), adopted(30)), (LeaveType::Paternity, born(false), born(true))]
        {
            let before = after([asked(1, leave_type, ("2026-03-02", "2026-03-20"), first, 1).into()]);
            let again = |then, kept| asked(2, leave_type, ("2026-05-04", "2026-05-10"), then, kept);
            let contrary = FamilyLeaveRefused::Contrary { first: day("2026-03-02"), last: day("2026-03-20") };
            given::<AbsenceLedger>(before.clone()).when(again(then, 2)).refused(contrary.into());
            assert_eq!(AbsenceLedger::handle_command(&ledger(&before), again(first, 1).into()).unwrap().len(), 1);
        }
    }
}
