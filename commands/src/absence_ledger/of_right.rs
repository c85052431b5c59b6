use super::{AbsenceRefusal, Facts, SpecialMotive};
use events::leave::LeaveType;
use rules::Ledger;
use rules::ledger::Leave;
use rules::period::Period;

/// Refuses that a leave which the law grants is refused, be it in part, by the `field` that says so. `special_motive` is
/// that of a special absence; without one, its key destroyed, nothing tells that it is of right.
pub(super) fn refusable(
    state: &Ledger,
    leave: &Leave,
    special_motive: Option<&SpecialMotive>,
    field: &'static str,
    facts: &Facts,
) -> Result<(), AbsenceRefusal> {
    let (leave_type, first) = (leave.leave_type, leave.period.start().date);
    let of_right = match leave_type {
        LeaveType::SpecialAbsence => {
            let rule = facts.law.at(first).special_absences()?;
            special_motive.is_some_and(|motive| rule.is_of_right(&motive.name))
        }
        LeaveType::TimeSavings => follows_family_leave(state, leave, facts)?,
        _ => facts.type_rule(leave_type, first)?.of_right,
    };
    if of_right { Err(AbsenceRefusal::OfRight { leave_type, field }) } else { Ok(()) }
}

/// Whether no work is due between a leave after which saved days are of right and this one (D 2004-878 art. 8).
fn follows_family_leave(state: &Ledger, leave: &Leave, facts: &Facts) -> Result<bool, AbsenceRefusal> {
    let first = leave.period.start();
    let rule = facts.law.at(first.date).cet_use()?;
    let mut before = state.leaves().filter(|(_, other)| rule.is_of_right_after(other.leave_type));
    Ok(before.any(|(_, other)| {
        let Some(last) = other.active().last().filter(|last| *last < first) else { return false };
        let between = Period::new(last, first).map(|period| facts.employment.due(period, facts.law.calendar()));
        between.is_ok_and(|due| due.iter().all(|half_day| half_day == last || half_day == first))
    }))
}
