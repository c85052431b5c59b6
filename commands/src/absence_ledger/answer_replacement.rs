use super::{AbsenceRefusal, Colleague};
use chrono::NaiveDate;
use events::LeaveId;
use events::leave::AbsenceEvent;
use rules::Ledger;
use rules::ledger::LeaveStatus;

/// Answers whether one stands in for a colleague. Who left the service is asked no more, nor is anybody for leave that
/// was refused or withdrawn, and nobody accepts who leaves before its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerReplacement {
    /// During which leave.
    pub leave: LeaveId,
    /// Who answers.
    pub by: Colleague,
    /// Whether he will.
    pub accepts: bool,
    /// Today, in Paris.
    pub on: NaiveDate,
}

pub(super) fn decide(state: &Ledger, command: AnswerReplacement) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let AnswerReplacement { leave, by, accepts, on } = command;
    let current = state.leave(leave).ok_or(AbsenceRefusal::UnknownLeave)?;
    if by.employment.has_left(on) {
        return Err(AbsenceRefusal::NotAsked);
    }
    let leaves_before = by.employment.has_left(current.period.end().date.max(on));
    let by = by.account;
    let asked = current.replacement.filter(|replacement| replacement.by == by).ok_or(AbsenceRefusal::NotAsked)?;
    if matches!(current.status, LeaveStatus::Refused | LeaveStatus::Withdrawn) {
        return Err(AbsenceRefusal::NotPending { status: current.status.as_str() });
    }
    if accepts && leaves_before {
        return Err(AbsenceRefusal::ReplacementLeaves);
    }
    match asked.accepted {
        Some(_) => Err(AbsenceRefusal::AnsweredAlready),
        None if accepts => Ok(vec![AbsenceEvent::ReplacementAccepted { leave, replacement: by }]),
        None => Ok(vec![AbsenceEvent::ReplacementDeclined { leave, replacement: by }]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::samples::*;
    use crate::absence_ledger::{AbsenceLedger, NameReplacement};
    use crate::specification::given;

    fn name(replacement: u128) -> NameReplacement {
        NameReplacement { leave: leave(1), replacement: colleague(replacement), facts: facts("2026-01-05") }
    }

    fn answer(by: u128, accepts: bool) -> AnswerReplacement {
        AnswerReplacement { leave: leave(1), by: colleague(by), accepts, on: day("2026-01-05") }
    }

    fn named() -> Vec<AbsenceEvent> {
        [asked(), vec![AbsenceEvent::ReplacementNamed { leave: leave(1), replacement: account(COLLEAGUE) }]].concat()
    }

    #[test]
    fn who_was_named_answers_once() {
        let replacement = account(COLLEAGUE);
        let accepted = AbsenceEvent::ReplacementAccepted { leave: leave(1), replacement };
        given::<AbsenceLedger>(named()).when(answer(COLLEAGUE, true)).then([accepted.clone()]);
        given::<AbsenceLedger>(named())
            .when(answer(COLLEAGUE, false))
            .then([AbsenceEvent::ReplacementDeclined { leave: leave(1), replacement }]);
        given::<AbsenceLedger>([named(), vec![accepted]].concat())
            .when(answer(COLLEAGUE, false))
            .refused(AbsenceRefusal::AnsweredAlready);
        given::<AbsenceLedger>(named()).when(answer(MANAGER, true)).refused(AbsenceRefusal::NotAsked);
    }

    #[test]
    fn another_is_named_in_his_place_and_never_oneself() {
        given::<AbsenceLedger>(named()).when(name(COLLEAGUE)).then([]);
        let replacement = account(DELEGATE);
        given::<AbsenceLedger>(named())
            .when(name(DELEGATE))
            .then([AbsenceEvent::ReplacementNamed { leave: leave(1), replacement }]);
        given::<AbsenceLedger>(asked()).when(name(AGENT)).refused(AbsenceRefusal::OwnReplacement);
    }

    #[test]
    fn who_leaves_before_the_end_is_not_named_and_who_left_answers_no_more() {
        for (last, named) in [("2026-01-04", false), ("2026-05-07", false), ("2026-05-08", true), ("2027-01-01", true)]
        {
            let when =
                given::<AbsenceLedger>(asked()).when(NameReplacement { replacement: leaving(last), ..name(COLLEAGUE) });
            if named {
                let replacement = account(COLLEAGUE);
                when.then([AbsenceEvent::ReplacementNamed { leave: leave(1), replacement }]);
            } else {
                when.refused(AbsenceRefusal::ReplacementLeaves);
            }
        }
        let leaves = AnswerReplacement { by: leaving("2026-05-07"), ..answer(COLLEAGUE, true) };
        given::<AbsenceLedger>(named()).when(leaves).refused(AbsenceRefusal::ReplacementLeaves);
        let left = AnswerReplacement { by: leaving("2026-01-04"), ..answer(COLLEAGUE, true) };
        given::<AbsenceLedger>(named()).when(left).refused(AbsenceRefusal::NotAsked);
    }

    #[test]
    fn nobody_answers_for_leave_that_was_refused_or_withdrawn() {
        let refused =
            AbsenceEvent::LeaveRefused { leave: leave(1), step: 0, decider: by_manager(), motive: sealed("why") };
        for (ending, status) in [(AbsenceEvent::LeaveWithdrawn { leave: leave(1) }, "withdrawn"), (refused, "refused")]
        {
            let ended = [named(), vec![ending]].concat();
            for accepts in [true, false] {
                given::<AbsenceLedger>(ended.clone())
                    .when(answer(COLLEAGUE, accepts))
                    .refused(AbsenceRefusal::NotPending { status });
            }
        }
    }
}
