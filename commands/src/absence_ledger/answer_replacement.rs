use super::AbsenceRefusal;
use events::leave::AbsenceEvent;
use events::{AccountId, LeaveId};
use rules::Ledger;

/// Answers whether one stands in for a colleague.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerReplacement {
    /// During which leave.
    pub leave: LeaveId,
    /// Who answers.
    pub by: AccountId,
    /// Whether he will.
    pub accepts: bool,
}

pub(super) fn decide(state: &Ledger, command: AnswerReplacement) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let AnswerReplacement { leave, by, accepts } = command;
    let current = state.leave(leave).ok_or(AbsenceRefusal::UnknownLeave)?;
    let asked = current.replacement.filter(|replacement| replacement.by == by).ok_or(AbsenceRefusal::NotAsked)?;
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
        NameReplacement { leave: leave(1), agent: account(AGENT), replacement: account(replacement) }
    }

    fn answer(by: u128, accepts: bool) -> AnswerReplacement {
        AnswerReplacement { leave: leave(1), by: account(by), accepts }
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
}
