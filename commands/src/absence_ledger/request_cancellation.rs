use super::AbsenceRefusal;
use chrono::NaiveDate;
use events::leave::AbsenceEvent;
use events::{HalfDaySet, LeaveId, Sealed};
use rules::Ledger;
use rules::ledger::LeaveStatus;

/// Asks to give back a leave that was granted, or half-days of it; once it has begun, only those to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestCancellation {
    /// The leave.
    pub leave: LeaveId,
    /// Which of it; all that are to come, without them.
    pub half_days: Option<HalfDaySet>,
    /// Why, in the agent's words.
    pub reason: Option<Sealed<String>>,
    /// Today, in Paris.
    pub on: NaiveDate,
}

pub(super) fn decide(state: &Ledger, command: RequestCancellation) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let RequestCancellation { leave, half_days, reason, on } = command;
    let current = state.leave(leave).ok_or(AbsenceRefusal::UnknownLeave)?;
    if current.status != LeaveStatus::Granted {
        return Err(AbsenceRefusal::NotGranted { status: current.status.as_str() });
    }
    if current.cancellation.is_some() {
        return Err(AbsenceRefusal::CancellationPending);
    }
    let active = current.active();
    let to_come: HalfDaySet = active.iter().filter(|half_day| half_day.date >= on).collect();
    let half_days = half_days.unwrap_or_else(|| to_come.clone());
    if half_days.is_empty() || !half_days.is_within(&active) {
        return Err(if to_come.is_empty() { AbsenceRefusal::Past } else { AbsenceRefusal::NotPartOf });
    }
    if !half_days.is_within(&to_come) {
        return Err(AbsenceRefusal::Past);
    }
    Ok(vec![AbsenceEvent::CancellationRequested { leave, half_days, reason }])
}
