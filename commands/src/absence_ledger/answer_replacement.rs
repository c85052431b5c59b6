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
