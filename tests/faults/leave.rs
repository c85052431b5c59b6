//! Faults planted in what absences have come to.

use crate::shown::{Shown, planted};
use chaos::check::Promise;
use chaos::evidence::Event;
use uuid::Uuid;

/// Plants another leave of what some request takes, recorded after it.
fn another_leave(shown: &mut Shown, period: impl Fn(&mut serde_json::Value)) {
    let requested = shown.evidence.events.iter().find(|event| event.kind == "LeaveRequested").expect("a leave").clone();
    let mut said: serde_json::Value = serde_json::from_slice(&requested.payload).unwrap();
    *said.pointer_mut("/LeaveRequested/leave").unwrap() = serde_json::json!(Uuid::new_v4());
    period(said.pointer_mut("/LeaveRequested/charges/0/half_days").unwrap());
    shown.add(Event { id: Uuid::new_v4(), payload: said.to_string().into_bytes(), ..requested });
}

#[test]
fn a_half_day_that_is_taken_twice_is_found() {
    // The one whose half-days they take may be over by then; of these two neither is.
    let twice = |shown: &mut Shown| (0..2).for_each(|_| another_leave(shown, |_| {}));
    planted(twice, &[Promise::Rights]);
}

#[test]
fn a_counter_that_is_overdrawn_is_found() {
    let many = |half_days: &mut serde_json::Value| {
        let days = (1..=26).map(|day| format!("2031-01-{day:02}"));
        *half_days = days.collect();
    };
    planted(|shown| another_leave(shown, many), &[Promise::Rights]);
}

#[test]
fn a_decision_on_a_leave_that_is_not_pending_is_found() {
    planted(
        |shown| {
            let asked =
                shown.evidence.events.iter().find(|event| event.kind == "LeaveRequested").expect("a leave").clone();
            let said: serde_json::Value = serde_json::from_slice(&asked.payload).unwrap();
            let approved = serde_json::json!({ "LeaveApproved": { "leave": said["LeaveRequested"]["leave"] } });
            // Whatever became of it, it is not pending after the first.
            for _ in 0..2 {
                let (kind, payload) = ("LeaveApproved".to_owned(), approved.to_string().into_bytes());
                shown.add(Event { id: Uuid::new_v4(), kind, payload, ..asked.clone() });
            }
        },
        &[Promise::Rights],
    );
}
