use super::{AbsenceRefusal, Colleague};
use chrono::NaiveDate;
use events::LeaveId;
use events::leave::AbsenceEvent;
use rules::Ledger;
use rules::ledger::LeaveStatus;

/// Says of a colleague who left the service that he will not stand in, so that the agent is told and names another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseReplacement {
    /// During which leave.
    pub leave: LeaveId,
    /// The colleague.
    pub replacement: Colleague,
    /// Today, in Paris.
    pub on: NaiveDate,
}

pub(super) fn decide(state: &Ledger, command: ReleaseReplacement) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let ReleaseReplacement { leave, replacement: Colleague { account, employment }, on } = command;
    let current = state.leave(leave).ok_or(AbsenceRefusal::UnknownLeave)?;
    let counts = current.replacement.is_some_and(|one| one.by == account && one.accepted != Some(false));
    let over =
        current.period.end().date < on || matches!(current.status, LeaveStatus::Refused | LeaveStatus::Withdrawn);
    if !counts || over {
        return Err(AbsenceRefusal::NotAsked);
    }
    if !employment.has_left(on) {
        return Err(AbsenceRefusal::NotDue);
    }
    Ok(vec![AbsenceEvent::ReplacementDeclined { leave, replacement: account }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::AbsenceLedger;
    use crate::absence_ledger::samples::*;
    use crate::specification::given;

    #[test]
    fn who_left_stands_in_for_nobody_whose_leave_is_to_come() {
        let replacement = account(COLLEAGUE);
        let named = AbsenceEvent::ReplacementNamed { leave: leave(1), replacement };
        let accepted = AbsenceEvent::ReplacementAccepted { leave: leave(1), replacement };
        let declined = AbsenceEvent::ReplacementDeclined { leave: leave(1), replacement };
        let release =
            |on: &str| ReleaseReplacement { leave: leave(1), replacement: leaving("2026-04-01"), on: day(on) };
        let asked = [asked(), vec![named]].concat();
        let standing_in = [asked.clone(), vec![accepted]].concat();
        for before in [&asked, &standing_in] {
            let given = || given::<AbsenceLedger>(before.clone());
            given().when(release("2026-04-02")).then([declined.clone()]);
            given().when(release("2026-04-01")).refused(AbsenceRefusal::NotDue);
            given().when(release("2026-05-09")).refused(AbsenceRefusal::NotAsked);
        }
        for ending in [declined, AbsenceEvent::LeaveWithdrawn { leave: leave(1) }] {
            let ended = [standing_in.clone(), vec![ending]].concat();
            given::<AbsenceLedger>(ended).when(release("2026-04-02")).refused(AbsenceRefusal::NotAsked);
        }
    }
}
