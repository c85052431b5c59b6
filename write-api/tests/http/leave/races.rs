//! Who is first, whatever the concurrency. A test of a race has been seen to fail with the check taken out.

use super::world::World;
use crate::app::{Answer, App, answer, slug};
use futures::future::join_all;
use reqwest::RequestBuilder;
use serde_json::json;
use std::time::Duration;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(60);

/// OrangeHRM until PR #1947: balance bypassed by parallel submits.
#[tokio::test]
async fn of_fifty_parallel_submits_of_one_day_on_a_balance_of_one_exactly_one_is_accepted() {
    let world = World::new().await;
    world.leave_days(1).await;
    let other = world.app.another().await;
    let apps: [&App; 2] = [&world.app, &other];
    // Each another day, so that none fails by overlapping.
    let days: Vec<String> = (0..50).map(|n| day("2026-10-12", n)).collect();
    let submits = days.iter().enumerate().map(|(n, day)| {
        let body = json!({ "type": "annual-leave", "first": day, "last": day });
        settled(apps[n % 2].command(&world.agent, "/v1/leave-requests", &body))
    });
    let answers = join_all(submits).await;
    let accepted = answers.iter().filter(|answer| answer.0 == 201).count();
    let refused = answers.iter().filter(|answer| slug(answer) == "insufficient-rights").count();
    assert_eq!((accepted, refused), (1, 49), "{answers:?}");
}

/// The answer to a command, which is sent again under its key while a slow machine has none.
async fn settled(command: RequestBuilder) -> Answer {
    let settled = async {
        loop {
            let answer = answer(command.try_clone().unwrap()).await;
            if answer.0 != 503 {
                break answer;
            }
        }
    };
    timeout(PATIENCE, settled).await.unwrap()
}

/// The n-th Monday to Friday that is no holiday of autumn 2026, from a Monday on.
fn day(first: &str, n: usize) -> String {
    let first: chrono::NaiveDate = first.parse().unwrap();
    let holidays = ["2026-11-11", "2026-12-25"];
    first
        .iter_days()
        .filter(|day| chrono::Datelike::weekday(day).num_days_from_monday() < 5)
        .filter(|day| !holidays.contains(&day.to_string().as_str()))
        .nth(n)
        .unwrap()
        .to_string()
}

/// Sentrifugo PR #301, Jorani: approving twice.
#[tokio::test]
async fn of_two_parallel_approvals_one_is_an_event_and_the_other_a_409_with_the_state() {
    let world = World::new().await;
    let leave = world.asked("2026-05-18", "2026-05-22").await;
    let other = world.app.another().await;
    let body = json!({ "agent": world.agent.account, "step": 0 });
    let path = format!("/v1/leave-requests/{leave}/approve");
    let approvals = [&world.app, &other].map(|app| answer(app.command(&world.manager, &path, &body)));
    let mut answers = join_all(approvals).await;
    answers.sort_by_key(|answer| answer.0);
    assert_eq!((answers[0].0, &answers[0].1["status"]), (200, &json!("granted")));
    assert_eq!(
        (answers[1].0, slug(&answers[1]), &answers[1].1["leave_status"]),
        (409, "leave-state", &json!("granted"))
    );
    assert_eq!(world.app.count("LeaveApproved").await, 1);
}

#[tokio::test]
async fn parallel_submits_of_the_same_day_leave_one() {
    let world = World::new().await;
    let answers = join_all((0..8).map(|_| world.ask("2026-05-18", "2026-05-18"))).await;
    assert_eq!(answers.iter().filter(|answer| answer.0 == 201).count(), 1);
    assert!(answers.iter().all(|answer| answer.0 == 201 || slug(answer) == "overlapping-absence"), "{answers:?}");
}

#[tokio::test]
async fn the_same_key_again_is_the_same_leave() {
    let world = World::new().await;
    let body = json!({ "type": "annual-leave", "first": "2026-05-18", "last": "2026-05-18" });
    let send = || {
        answer(
            world
                .app
                .request(reqwest::Method::POST, "/v1/leave-requests")
                .bearer_auth(&world.agent.token)
                .header("idempotency-key", "once")
                .json(&body),
        )
    };
    let (first, again) = (send().await, send().await);
    assert_eq!((first.0, &first.1["leave"]), (201, &again.1["leave"]), "{again:?}");
    assert_eq!(world.app.count("LeaveRequested").await, 1);
}

/// Two approvals that each leave one present, and together nobody.
#[tokio::test]
async fn two_parallel_approvals_cannot_empty_a_unit() {
    let world = World::new().await;
    let colleague = world.app.agent("Joliot", &[]).await;
    world.employ(&colleague, &world.unit).await;
    let rules = json!({ "from": "2026-01-01", "rules": [{ "name": "accueil", "limit": { "min-present": 1 } }] });
    assert_eq!(world.app.post(&world.hr, &format!("/v1/units/{}/staffing-rules", world.unit), rules).await.0, 200);
    let one = world.asked("2026-05-18", "2026-05-22").await;
    let two = world.ask_as(&colleague, "annual-leave", "2026-05-18", "2026-05-22").await.1;
    let two = two["leave"].as_str().unwrap();
    let other = world.app.another().await;
    let approvals = [(&world.app, one.as_str(), &world.agent), (&other, two, &colleague)].map(|(app, leave, of)| {
        let body = json!({ "agent": of.account, "step": 0 });
        answer(app.command(&world.manager, &format!("/v1/leave-requests/{leave}/approve"), &body))
    });
    let answers = join_all(approvals).await;
    assert_eq!(answers.iter().filter(|answer| answer.0 == 200).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| slug(answer) == "understaffed").count(), 1, "{answers:?}");
}

/// Each change alone is sound; all of them make a circle in which leave waits in nobody's queue.
#[tokio::test]
async fn managers_assigned_at_once_never_make_a_circle() {
    let world = World::new().await;
    let other = world.app.another().await;
    for round in 0..3 {
        let mut circle = Vec::new();
        for place in 0..3 {
            let agent = world.app.agent(&format!("Cercle{round}{place}"), &[]).await;
            world.employ(&agent, &world.unit).await;
            circle.push(agent);
        }
        let assignments = (0..3).map(|place| {
            let path = format!("/v1/agents/{}/employment", circle[place].account);
            let manager = circle[(place + 1) % 3].account;
            let app = [&world.app, &other][place % 2];
            answer(app.command(&world.hr, &path, &json!({ "from": "2026-01-01", "manager": manager })))
        });
        let mut answers = join_all(assignments).await;
        answers.sort_by_key(|answer| answer.0);
        assert_eq!(answers.iter().map(|answer| answer.0).collect::<Vec<_>>(), [200, 200, 422], "{answers:?}");
        assert_eq!(super::world::field(&answers[2]), "/manager");
    }
}

/// Each change alone is sound; both of them make a circle, for a manager stays as long as no other follows him.
#[tokio::test]
async fn two_changes_at_once_of_one_agents_managers_never_make_a_circle() {
    let world = World::new().await;
    let other = world.app.another().await;
    let path = |of: &crate::app::Agent| format!("/v1/agents/{}/employment", of.account);
    let under = |manager: &crate::app::Agent, from: &str| json!({ "from": from, "manager": manager.account });
    let until = world.app.agent("Ensuite", &[]).await;
    world.employ(&until, &world.unit).await;
    let owner = world.app.database.owner();
    let mut holding = owner.acquire().await.unwrap();
    for round in 0..8 {
        let [agent, later] = ["Agent", "Enfin"].map(|name| format!("{name}{round}"));
        let (agent, later) = (world.app.agent(&agent, &[]).await, world.app.agent(&later, &[]).await);
        for one in [&agent, &later] {
            world.employ(one, &world.unit).await;
        }
        assert_eq!(world.app.post(&world.hr, &path(&agent), under(&until, "2026-03-01")).await.0, 200);
        assert_eq!(world.app.post(&world.hr, &path(&later), under(&agent, "2026-04-01")).await.0, 200);
        let mistake = json!({ "attribute": "manager", "from": "2026-03-01", "motive": "m" });
        let withdraw = format!("{}/withdraw", path(&agent));
        // Both decide before either is recorded.
        sqlx::raw_sql("BEGIN; SELECT FROM journal.head FOR UPDATE").execute(&mut *holding).await.unwrap();
        let recorded_once_both_wait = async {
            const WAITING: &str = "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
                                   WHERE datname = current_database() AND NOT granted";
            while sqlx::query_scalar::<_, i64>(WAITING).fetch_one(&owner).await.unwrap() < 2 {
                tokio::task::yield_now().await;
            }
            sqlx::raw_sql("COMMIT").execute(&mut *holding).await.unwrap();
        };
        let (assigned, withdrawn, ()) = futures::join!(
            answer(world.app.command(&world.hr, &path(&agent), &under(&later, "2026-01-01"))),
            answer(other.command(&world.hr, &withdraw, &mistake)),
            recorded_once_both_wait,
        );
        let fields = [super::world::field(&assigned), super::world::field(&withdrawn)];
        match (assigned.0, withdrawn.0) {
            (200, 422) => assert_eq!(fields[1], "/attribute"),
            (422, 200) => assert_eq!(fields[0], "/manager"),
            both => panic!("{both:?}: {assigned:?} {withdrawn:?}"),
        }
    }
}

/// Two managers for the same day: each may be right, and the last that was recorded is the agent's.
#[tokio::test]
async fn of_two_managers_assigned_at_once_for_one_day_the_last_recorded_is_the_agents() {
    let world = World::new().await;
    let other = world.app.another().await;
    let (one, two) = (world.app.agent("Un", &[]).await, world.app.agent("Deux", &[]).await);
    let path = format!("/v1/agents/{}/employment", world.agent.account);
    let under = |manager: &crate::app::Agent| json!({ "from": "2026-01-01", "manager": manager.account });
    let (of_one, of_two) = futures::join!(
        answer(world.app.command(&world.hr, &path, &under(&one))),
        answer(other.command(&world.hr, &path, &under(&two))),
    );
    assert_eq!((of_one.0, of_two.0), (200, 200), "{of_one:?} {of_two:?}");
    let first_was_last = of_one.1["position"].as_u64() > of_two.1["position"].as_u64();
    let (manager, before) = if first_was_last { (&one, &two) } else { (&two, &one) };
    let leave = world.asked("2026-05-18", "2026-05-19").await;
    assert_eq!(slug(&world.approve(before, &leave).await), "not-allowed");
    assert_eq!(world.approve(manager, &leave).await.1["status"], "granted");
}

/// What a validator read is not what is asked any more.
#[tokio::test]
async fn an_amendment_between_reading_and_deciding_is_a_409_with_what_is_asked_now() {
    let world = World::new().await;
    let agent = world.agent.account;
    for (act, more) in [
        ("approve", json!({})),
        ("refuse", json!({ "motive": "m" })),
        ("partially-approve", json!({ "motive": "m", "half_days": ["2026-05-19"] })),
        ("override-staffing", json!({ "motive": "m" })),
    ] {
        let leave = world.asked("2026-05-18", "2026-05-19").await;
        let dates = json!({ "first": "2026-05-18", "last": "2026-05-22" });
        assert_eq!(world.act(&world.agent, &leave, "amend", dates).await.0, 200);
        let with = |revision: Option<u32>| {
            let mut body = json!({ "agent": agent, "step": 0 });
            more.as_object().unwrap().iter().for_each(|(name, value)| body[name] = value.clone());
            if let Some(revision) = revision {
                body["revision"] = json!(revision);
            }
            body
        };
        for revision in [None, Some(0), Some(2)] {
            let answer = world.act(&world.manager, &leave, act, with(revision)).await;
            assert_eq!((answer.0, slug(&answer)), (409, "leave-state"), "{act}: {}", answer.1);
            let now = ["leave_status", "due_step", "revision", "start", "end"].map(|name| answer.1[name].clone());
            let expected = [json!("pending"), json!(0), json!(1), json!("2026-05-18 AM"), json!("2026-05-22 PM")];
            assert_eq!(now, expected, "{act}");
        }
        let answer = world.act(&world.manager, &leave, act, with(Some(1))).await;
        let decided = if act == "override-staffing" { 422 } else { 200 };
        assert_eq!(answer.0, decided, "{act}: {}", answer.1);
        if answer.1["status"] == "granted" {
            assert_eq!(world.act(&world.agent, &leave, "request-cancellation", json!({})).await.0, 200);
            let of = json!({ "agent": agent });
            assert_eq!(world.act(&world.manager, &leave, "accept-cancellation", of).await.0, 200);
        }
    }
}

#[tokio::test]
async fn one_of_many_decisions_on_what_was_amended_is_a_409_and_the_others_are_taken() {
    let world = World::new().await;
    let agent = world.agent.account;
    let (amended, seen) =
        (world.asked("2026-05-18", "2026-05-18").await, world.asked("2026-05-19", "2026-05-19").await);
    for leave in [&amended, &seen] {
        let dates = json!({ "first": "2026-05-20", "last": "2026-05-20" });
        let dates = if leave == &amended { dates } else { json!({ "first": "2026-05-21", "last": "2026-05-21" }) };
        assert_eq!(world.act(&world.agent, leave, "amend", dates).await.0, 200);
    }
    let items = json!({ "items": [
        { "leave": amended, "agent": agent, "decision": "approve", "step": 0 },
        { "leave": seen, "agent": agent, "decision": "approve", "step": 0, "revision": 1 },
    ] });
    let (status, body) = world.app.post(&world.manager, "/v1/leave-decisions", items).await;
    assert_eq!((status, &body["done"], &body["failed"]), (200, &json!(1), &json!(1)), "{body}");
    let problem = &body["items"][0]["problem"];
    assert_eq!((&problem["type"], &problem["revision"]), (&json!("/problems/leave-state"), &json!(1)), "{body}");
    assert_eq!(body["items"][1]["status"], "granted");
}
