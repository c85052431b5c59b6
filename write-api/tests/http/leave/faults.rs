//! Faults that other systems are known to have or to have had (design, 1.2), each over HTTP. Those of races are in
//! `races`; what diagnoses a ledger is in the whole service's `leave::verify`.

use super::world::World;
use crate::app::{answer, slug};
use serde_json::json;

/// Frappe HR #3878, TimeOff #203: pending requests were not counted.
#[tokio::test]
async fn what_is_pending_reserves_and_the_order_of_approvals_changes_nothing() {
    let world = World::new().await;
    world.leave_days(1).await;
    let last = world.asked("2026-11-02", "2026-11-02").await;
    assert_eq!(slug(&world.ask("2026-11-03", "2026-11-03").await), "insufficient-rights");
    assert_eq!(world.approve(&world.manager, &last).await.1["status"], "granted");
    assert_eq!(slug(&world.ask("2026-11-03", "2026-11-03").await), "insufficient-rights");
}

/// Jorani: a leave that was refused, withdrawn or approved is set "accepted".
#[tokio::test]
async fn what_was_decided_or_withdrawn_is_not_approved() {
    let world = World::new().await;
    let refused = world.asked("2026-05-18", "2026-05-18").await;
    let no = json!({ "agent": world.agent.account, "step": 0, "motive": "service" });
    assert_eq!(world.act(&world.manager, &refused, "refuse", no.clone()).await.1["status"], "refused");
    let withdrawn = world.asked("2026-05-19", "2026-05-19").await;
    assert_eq!(world.act(&world.agent, &withdrawn, "withdraw", json!({})).await.0, 200);
    let granted = world.granted("2026-05-20", "2026-05-20").await;
    for (leave, status) in [(&refused, "refused"), (&withdrawn, "withdrawn"), (&granted, "granted")] {
        let answer = world.approve(&world.manager, leave).await;
        assert_eq!((answer.0, slug(&answer), &answer.1["leave_status"]), (409, "leave-state", &json!(status)));
    }
    assert_eq!(slug(&world.act(&world.manager, &granted, "refuse", no).await), "leave-state");
}

/// The same of a leave that was given back whole: its status is granted still, and it has no half-day.
#[tokio::test]
async fn what_was_given_back_is_not_approved_anew() {
    let world = World::new().await;
    let leave = world.granted("2026-05-18", "2026-05-19").await;
    assert_eq!(world.act(&world.agent, &leave, "request-cancellation", json!({})).await.0, 200);
    let of = json!({ "agent": world.agent.account });
    assert_eq!(world.act(&world.manager, &leave, "accept-cancellation", of).await.1["half_days"], json!(0));
    assert_eq!(slug(&world.approve(&world.manager, &leave).await), "leave-state");
    world.granted("2026-05-18", "2026-05-19").await;
}

/// Odoo PR #224992: a leave that was refused and then approved was not deducted. Sentrifugo PR #301: one that was approved
/// n times was deducted n times.
#[tokio::test]
async fn what_was_refused_stays_so_and_an_approval_again_takes_nothing() {
    let world = World::new().await;
    world.leave_days(1).await;
    let refused = world.asked("2026-11-02", "2026-11-02").await;
    let no = json!({ "agent": world.agent.account, "step": 0, "motive": "service" });
    assert_eq!(world.act(&world.manager, &refused, "refuse", no).await.0, 200);
    assert_eq!(slug(&world.approve(&world.manager, &refused).await), "leave-state");

    let leave = world.asked("2026-11-03", "2026-11-03").await;
    let approve = json!({ "agent": world.agent.account, "step": 0 });
    let path = format!("/v1/leave-requests/{leave}/approve");
    for _ in 0..3 {
        let (status, body) = answer(world.keyed(&world.manager, "approve-once", &path, &approve)).await;
        assert_eq!((status, &body["half_days"]), (200, &json!(2)), "{body}");
        assert_eq!(slug(&world.approve(&world.manager, &leave).await), "leave-state");
    }
    assert_eq!(world.app.count("LeaveApproved").await, 1);
    assert_eq!(slug(&world.ask("2026-11-04", "2026-11-04").await), "insufficient-rights");
}

/// Jorani #243: create and approve at once by changing the posted status.
#[tokio::test]
async fn status_is_never_an_input() {
    let world = World::new().await;
    for extra in ["status", "state", "approved", "route", "half_days", "agent"] {
        let mut body = json!({ "type": "annual-leave", "first": "2026-05-18", "last": "2026-05-18" });
        body[extra] = json!("granted");
        let answer = world.app.post(&world.agent, "/v1/leave-requests", body).await;
        assert_eq!((slug(&answer), super::world::field(&answer)), ("invalid-field", format!("/{extra}").as_str()));
    }
    assert_eq!(world.app.count("LeaveRequested").await, 0);
}

/// TimeOff: a request inside an existing leave went undetected.
#[tokio::test]
async fn nested_periods_overlap() {
    let world = World::new().await;
    world.granted("2026-05-04", "2026-05-29").await;
    for (first, last) in [("2026-05-11", "2026-05-12"), ("2026-05-04", "2026-05-29"), ("2026-04-30", "2026-06-02")] {
        assert_eq!(slug(&world.ask(first, last).await), "overlapping-absence", "{first} {last}");
    }
}

/// Jorani #248, #397: a leave across two periods was counted in neither.
#[tokio::test]
async fn a_leave_across_two_years_counts_in_both() {
    let world = World::new().await;
    // 8 days of 2026, Christmas aside, and 5 of 2027, New Year's Day aside.
    let (status, body) = world.ask("2026-12-21", "2027-01-08").await;
    assert_eq!((status, &body["half_days"]), (201, &json!(2 * (8 + 5))), "{body}");
}

/// TimeOff: 14 May 2026 is Ascension; leave that begins on it at noon costs what is worked.
#[tokio::test]
async fn a_half_day_on_a_holiday_takes_nothing() {
    for (first, last, half_days) in
        [("2026-05-14 PM", "2026-05-18", 4), ("2026-05-14", "2026-05-15 AM", 1), ("2026-05-14 PM", "2026-05-15", 2)]
    {
        let world = World::new().await;
        let (status, body) = world.ask(first, last).await;
        assert_eq!((status, &body["half_days"]), (201, &json!(half_days)), "{first} {last} {body}");
    }
}

/// Frappe HR #1002: the most consecutive days were dodged by several requests.
#[tokio::test]
async fn contiguous_requests_are_one_stretch_of_at_most_31_days() {
    let world = World::new().await;
    world.asked("2026-07-06", "2026-07-17").await;
    let answer = world.ask("2026-07-20", "2026-08-07").await;
    assert_eq!((slug(&answer), super::world::field(&answer)), ("invalid-field", "/last"), "{}", answer.1);
    assert!(super::world::detail(&answer).contains("D 85-1250 art. 4"), "{}", answer.1);
}

/// Odoo #42877: hours changed at approval, as holidays were forgotten.
#[tokio::test]
async fn what_was_shown_is_what_is_taken() {
    let world = World::new().await;
    let leave = world.asked("2026-05-11", "2026-05-15").await;
    // The pattern changes meanwhile: what was counted stays counted.
    let half = json!({ "from": "2026-05-01", "pattern": { "halves": "11110011110000" } });
    assert_eq!(world.app.post(&world.hr, &format!("/v1/agents/{}/employment", world.agent.account), half).await.0, 200);
    assert_eq!(world.approve(&world.manager, &leave).await.1["half_days"], json!(8));
}

/// Horilla #476, Frappe HR #4788: halves of one day.
#[tokio::test]
async fn the_second_half_of_a_day_is_free_and_the_whole_day_is_not() {
    let world = World::new().await;
    world.asked("2026-05-18 AM", "2026-05-18 AM").await;
    assert_eq!(slug(&world.ask("2026-05-18", "2026-05-18").await), "overlapping-absence");
    world.asked("2026-05-18 PM", "2026-05-18 PM").await;
}

#[tokio::test]
async fn nobody_asks_for_the_last_days_that_are_supported() {
    let world = World::new().await;
    let answer = world.ask("2099-12-28", "2099-12-31").await;
    assert_eq!((answer.0, super::world::field(&answer)), (422, "/first"), "{}", answer.1);
}
