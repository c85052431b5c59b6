use super::{AbsenceRefusal, Facts};
use events::leave::AbsenceEvent;
use rules::Ledger;

/// Opens the agent's time-savings account, on his request (D 2004-878 art. 1 and 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenTimeSavings {
    /// The agent, his employment, the law, the time.
    pub facts: Facts,
}

pub(super) fn decide(state: &Ledger, command: OpenTimeSavings) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let OpenTimeSavings { facts } = command;
    if state.time_savings_since().is_some() {
        return Err(AbsenceRefusal::AlreadyRecorded);
    }
    let on = facts.on;
    let status = facts.employment.statuses().on(on).ok_or(AbsenceRefusal::EmploymentUnknown)?;
    let served = facts.employment.months_of_service(on).ok_or(AbsenceRefusal::EmploymentUnknown)?;
    facts.law.at(on).cet_opening()?.check(*status, served)?;
    Ok(vec![AbsenceEvent::TimeSavingsOpened { on }])
}
