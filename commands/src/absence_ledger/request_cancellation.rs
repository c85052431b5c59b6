use super::AbsenceRefusal;
use chrono::{DateTime, Utc};
use events::leave::AbsenceEvent;
use events::{HalfDaySet, LeaveId, Sealed};
use rules::Ledger;
use rules::ledger::LeaveStatus;

/// Asks to give back a leave that was granted, or half-days of it; once it has begun, only those that have not
/// ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestCancellation {
    /// The leave.
    pub leave: LeaveId,
    /// Which of it; all that are to come, without them.
    pub half_days: Option<HalfDaySet>,
    /// Why, in the agent's words.
    pub reason: Option<Sealed<String>>,
    /// Now.
    pub at: DateTime<Utc>,
}

pub(super) fn decide(state: &Ledger, command: RequestCancellation) -> Result<Vec<AbsenceEvent>, AbsenceRefusal> {
    let RequestCancellation { leave, half_days, reason, at } = command;
    let current = state.leave(leave).ok_or(AbsenceRefusal::UnknownLeave)?;
    if current.status != LeaveStatus::Granted {
        return Err(AbsenceRefusal::NotGranted { status: current.status.as_str() });
    }
    if current.cancellation.is_some() {
        return Err(AbsenceRefusal::CancellationPending);
    }
    let active = current.active();
    let to_come: HalfDaySet = active.iter().filter(|half_day| !half_day.has_ended(at)).collect();
    let half_days = half_days.unwrap_or_else(|| to_come.clone());
    if half_days.is_empty() || !half_days.is_within(&active) {
        return Err(if to_come.is_empty() { AbsenceRefusal::Past } else { AbsenceRefusal::NotPartOf });
    }
    if !half_days.is_within(&to_come) {
        return Err(AbsenceRefusal::Past);
    }
    Ok(vec![AbsenceEvent::CancellationRequested { leave, half_days, reason }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence_ledger::AbsenceLedger;
    use crate::absence_ledger::samples::*;
    use crate::specification::given;

    fn asked_for(half_days: &[&str]) -> AbsenceEvent {
        AbsenceEvent::CancellationRequested { leave: leave(1), half_days: halves(half_days), reason: None }
    }

    #[test]
    fn a_leave_to_come_is_given_back_whole_or_in_part() {
        let whole = ["2026-05-04", "2026-05-05", "2026-05-06", "2026-05-07"];
        given::<AbsenceLedger>(granted()).when(cancel(1, None, "2026-04-01")).then([asked_for(&whole)]);
        given::<AbsenceLedger>(granted())
            .when(cancel(1, Some(halves(&["2026-05-07 PM"])), "2026-04-01"))
            .then([asked_for(&["2026-05-07 PM"])]);
    }

    #[test]
    fn once_begun_only_what_is_to_come() {
        given::<AbsenceLedger>(granted())
            .when(cancel(1, None, "2026-05-06"))
            .then([asked_for(&["2026-05-06", "2026-05-07"])]);
        given::<AbsenceLedger>(granted())
            .when(cancel(1, Some(halves(&["2026-05-05"])), "2026-05-06"))
            .refused(AbsenceRefusal::Past);
        given::<AbsenceLedger>(granted()).when(cancel(1, None, "2026-05-09")).refused(AbsenceRefusal::Past);
    }

    #[test]
    fn a_morning_is_over_at_noon_in_paris() {
        for (at, to_come) in [
            ("2026-05-06T09:59:59Z", &["2026-05-06", "2026-05-07"]),
            ("2026-05-06T10:00:00Z", &["2026-05-06 PM", "2026-05-07"]),
        ] {
            let at = at.parse().unwrap();
            let whole = RequestCancellation { at, ..cancel(1, None, "2026-05-06") };
            given::<AbsenceLedger>(granted()).when(whole).then([asked_for(to_come)]);
        }
        let morning = Some(halves(&["2026-05-06 AM"]));
        let afternoon = RequestCancellation { at: noon("2026-05-06"), ..cancel(1, morning, "2026-05-06") };
        given::<AbsenceLedger>(granted()).when(afternoon).refused(AbsenceRefusal::Past);
    }

    #[test]
    fn only_of_a_leave_that_was_granted_and_once_at_a_time() {
        given::<AbsenceLedger>(asked())
            .when(cancel(1, None, "2026-04-01"))
            .refused(AbsenceRefusal::NotGranted { status: "pending" });
        given::<AbsenceLedger>([granted(), vec![asked_for(&["2026-05-07"])]].concat())
            .when(cancel(1, None, "2026-04-01"))
            .refused(AbsenceRefusal::CancellationPending);
        given::<AbsenceLedger>(granted())
            .when(cancel(1, Some(halves(&["2026-05-11"])), "2026-04-01"))
            .refused(AbsenceRefusal::NotPartOf);
    }
}
