//! Faults planted in what the projections hold.

use crate::harness;
use crate::shown::{Shown, planted};
use chaos::check::Promise;
use chaos::evidence::Evidence;
use chaos::evidence::leave::WaitingRow;
use chaos::plan::Plan;
use std::time::Duration;
use uuid::Uuid;

#[test]
fn a_trail_one_event_behind_its_checkpoint_is_found() {
    planted(|shown| drop(shown.evidence.trail.pop()), &[Promise::Projections]);
}

#[test]
fn an_outcome_without_the_source_of_its_attempt_is_found() {
    let nowhere = |shown: &mut Shown| {
        let row = shown.evidence.trail.iter_mut().find(|row| row.kind == "LoginSucceeded");
        assert!(row.expect("a login").source.0.take().is_object());
    };
    planted(nowhere, &[Promise::Projections]);
}

#[test]
fn absences_one_event_behind_their_checkpoint_are_found() {
    planted(
        |shown| {
            let row = shown.evidence.leave.absences.iter_mut().rfind(|row| row.status != "pending");
            let row = row.expect("a leave that was decided");
            row.status = "pending".to_owned();
        },
        &[Promise::Projections],
    );
}

#[test]
fn a_queue_one_event_behind_its_checkpoint_is_found() {
    planted(
        |shown| {
            let waits = shown.evidence.leave.queue.pop();
            waits.expect("a leave that waits");
        },
        &[Promise::Projections],
    );
}

#[test]
fn a_leave_that_waits_though_it_is_decided_is_found() {
    planted(
        |shown| {
            let Evidence { leave, .. } = &mut shown.evidence;
            let decided = leave.absences.iter().find(|row| row.status != "pending").expect("a leave that was decided");
            let waits = leave.queue.first().expect("a leave that waits").clone();
            leave.queue.push(WaitingRow { absence: decided.absence, ..waits });
        },
        &[Promise::Projections],
    );
}

#[test]
fn notices_one_event_behind_their_checkpoint_are_found() {
    planted(|shown| assert!(shown.evidence.leave.notices.pop().is_some()), &[Promise::Projections]);
}

#[test]
fn who_works_where_one_event_behind_its_checkpoint_is_found() {
    planted(|shown| shown.evidence.leave.employments[0].1 -= 1, &[Promise::Projections]);
    planted(|shown| assert!(shown.evidence.leave.members.pop().is_some()), &[Promise::Projections]);
    planted(|shown| assert!(shown.evidence.leave.led.pop().is_some()), &[Promise::Projections]);
    planted(|shown| shown.evidence.leave.units[0].name.clear(), &[Promise::Projections]);
}

#[test]
fn a_row_of_what_nobody_made_is_found() {
    for place in 0..5 {
        planted(|shown| shown.evidence.leave.kept[place].1.push(Uuid::new_v4()), &[Promise::Projections]);
    }
}

#[test]
fn an_overview_one_event_behind_its_checkpoint_is_found() {
    planted(
        |shown| {
            let Evidence { accounts, events, .. } = &mut shown.evidence;
            let behind = accounts.iter_mut().find_map(|row| {
                let last = events.iter().rfind(|event| event.stream_id == row.account)?;
                let role = serde_json::from_slice::<serde_json::Value>(&last.payload).ok()?;
                let role = role.get("RoleGranted")?.get("role")?.as_str()?.to_owned();
                row.roles.retain(|held| *held != role);
                Some(())
            });
            behind.expect("an account whose last event gave it a role");
        },
        &[Promise::Projections],
    );
}

#[test]
fn a_checkpoint_that_runs_ahead_of_its_rows_is_found_in_a_glimpse() {
    let ahead = |shown: &mut Shown| shown.history.glimpses.last_mut().expect("a glimpse").checkpoint -= 1;
    planted(ahead, &[Promise::Projections]);
}

#[test]
fn a_projection_that_stands_still_is_found() {
    planted(|shown| shown.evidence.checkpoints[0].1 -= 1, &[Promise::Recovery]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_its_events_do_not_give_is_found_when_all_is_folded_anew() {
    let harness = harness().await;
    let round = harness.round(&Plan::calm(7, Duration::from_millis(500)), "round").await.unwrap();
    assert!(round.violations.is_empty(), "{:#?}", round.violations);
    harness.tamper("round", "DELETE FROM projections.employments_v1").await.unwrap();
    let found = harness.verify("round").await.unwrap().expect("a violation");
    assert_eq!(found.promise, Promise::Projections);
    harness.end().await.unwrap();
}
