//! Many decisions in one request.

use super::world::World;
use serde_json::json;

#[tokio::test]
async fn many_decisions_are_taken_one_by_one_and_once() {
    let world = World::new().await;
    let (one, two) = (world.asked("2026-05-18", "2026-05-19").await, world.asked("2026-05-20", "2026-05-21").await);
    let agent = world.agent.account;
    let items = json!({ "items": [
        { "leave": one, "agent": agent, "decision": "approve", "step": 0 },
        { "leave": two, "agent": agent, "decision": "refuse", "step": 0 },
        { "leave": one, "agent": agent, "decision": "approve", "step": 0 },
        { "leave": two, "agent": agent, "decision": "refuse", "step": 0, "motive": "service" },
    ] });
    let first = crate::app::answer(world.keyed(&world.manager, "bulk-1", "/v1/leave-decisions", &items)).await;
    let slugs: Vec<_> = first.1["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["status"].as_str().or(item["problem"]["type"].as_str()).unwrap().to_owned())
        .collect();
    assert_eq!(slugs, ["granted", "/problems/invalid-field", "/problems/leave-state", "refused"]);
    let again = crate::app::answer(world.keyed(&world.manager, "bulk-1", "/v1/leave-decisions", &items)).await;
    assert_eq!(again.1["items"][0]["status"], "granted", "{}", again.1);
    assert_eq!(world.app.count("LeaveApproved").await, 1);
    assert_eq!(world.app.count("LeaveRefused").await, 1);
}

/// Else who did not hear the answer and asks again would take a decision that he was told is not taken.
#[tokio::test]
async fn the_same_call_again_is_answered_alike_though_it_could_decide_otherwise_by_now() {
    let world = World::new().await;
    let (one, two) = (world.asked("2026-05-18", "2026-05-19").await, world.asked("2026-05-20", "2026-05-21").await);
    let agent = world.agent.account;
    let amended = json!({ "first": "2026-05-20", "last": "2026-05-20" });
    let items = json!({ "items": [
        { "leave": one, "agent": agent, "decision": "approve", "step": 0 },
        { "leave": two, "agent": agent, "decision": "approve", "step": 0, "revision": 1 },
    ] });
    let send = async || crate::app::answer(world.keyed(&world.manager, "bulk-3", "/v1/leave-decisions", &items)).await;
    let first = send().await.1["items"].clone();
    assert_eq!(
        (&first[0]["status"], &first[1]["problem"]["type"]),
        (&json!("granted"), &json!("/problems/leave-state"))
    );

    // The revision that was meant is there now.
    assert_eq!(world.act(&world.agent, &two, "amend", amended).await.0, 200);
    assert_eq!(send().await.1["items"], first);
    assert_eq!(world.app.count("LeaveApproved").await, 1);
    let mut english = world.keyed(&world.manager, "bulk-3", "/v1/leave-decisions", &items).build().unwrap();
    english.headers_mut().insert("accept-language", "en".parse().unwrap());
    let english: serde_json::Value = reqwest::Client::new().execute(english).await.unwrap().json().await.unwrap();
    assert_eq!(english["items"][1]["problem"]["title"], "The leave is in another state");
    let kept: String = sqlx::query_scalar("SELECT outcomes::text FROM access.batch")
        .fetch_one(&world.app.database.owner())
        .await
        .unwrap();
    assert!(!kept.contains("leave-state"), "sealed: {kept}");
}

/// What is no decision is that item's own result; what is no list of items is the whole call's.
#[tokio::test]
async fn one_of_many_that_is_no_decision_hinders_no_other() {
    let world = World::new().await;
    let (one, two) = (world.asked("2026-05-18", "2026-05-19").await, world.asked("2026-05-20", "2026-05-21").await);
    let agent = world.agent.account;
    let items = json!({ "items": [
        { "leave": one, "agent": agent, "decision": "grant", "step": 0 },
        { "leave": two, "agent": agent, "decision": "approve", "step": 0 },
        { "agent": agent, "decision": "approve", "step": 0 },
        { "leave": one, "agent": agent, "decision": "approve", "step": 0, "status": "granted" },
        { "leave": "2026", "agent": agent, "decision": "approve", "step": -1 },
        [one, agent, "approve"],
        "approve",
        null,
        { "leave": one, "agent": agent, "decision": "approve" },
    ] });
    let (status, body) = world.app.post(&world.manager, "/v1/leave-decisions", items).await;
    assert_eq!((status, &body["done"], &body["failed"]), (200, &json!(1), &json!(8)), "{body}");
    let told: Vec<_> = body["items"].as_array().unwrap().iter().collect();
    assert_eq!((&told[1]["leave"], &told[1]["status"]), (&json!(two), &json!("granted")));
    for (place, leave, pointer) in [
        (0, json!(one), "/decision"),
        (2, json!(null), "/leave"),
        (3, json!(one), "/status"),
        (4, json!(null), "/leave"),
        (5, json!(null), ""),
        (6, json!(null), ""),
        (7, json!(null), ""),
        (8, json!(one), "/step"),
    ] {
        let problem = &told[place]["problem"];
        assert_eq!((&told[place]["leave"], &problem["status"]), (&leave, &json!(422)), "{place}: {}", told[place]);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{place}: {problem}");
    }
    for envelope in [json!({ "items": {} }), json!({ "items": [] }), json!({}), json!({ "items": [], "all": true })] {
        assert_eq!(world.app.post(&world.manager, "/v1/leave-decisions", envelope.clone()).await.0, 422, "{envelope}");
    }
    assert_eq!(world.app.count("LeaveApproved").await, 1);
}

#[tokio::test]
async fn a_key_names_one_call_and_another_takes_no_decision_under_it() {
    let world = World::new().await;
    let (one, two) = (world.asked("2026-05-18", "2026-05-19").await, world.asked("2026-05-20", "2026-05-21").await);
    let agent = world.agent.account;
    let approve = |leave: &String| json!({ "leave": leave, "agent": agent, "decision": "approve", "step": 0 });
    let send =
        async |items| crate::app::answer(world.keyed(&world.manager, "bulk-2", "/v1/leave-decisions", &items)).await;
    assert_eq!(send(json!({ "items": [approve(&one)] })).await.1["done"], 1);

    let (status, body) = send(json!({ "items": [approve(&one), approve(&two)] })).await;
    assert_eq!((status, &body["type"]), (422, &json!("/problems/idempotency-key-reused")), "{body}");
    assert_eq!(world.app.count("LeaveApproved").await, 1);
}

#[tokio::test]
async fn a_key_of_a_call_of_many_is_none_for_one_command() {
    let world = World::new().await;
    let one = world.asked("2026-05-18", "2026-05-19").await;
    let agent = world.agent.account;
    // Nothing is recorded of it: the item names no leave that there is.
    let items =
        json!({ "items": [{ "leave": uuid::Uuid::now_v7(), "agent": agent, "decision": "approve", "step": 0 }] });
    let many = crate::app::answer(world.keyed(&world.manager, "bulk-3", "/v1/leave-decisions", &items)).await;
    assert_eq!((many.0, &many.1["failed"]), (200, &json!(1)), "{}", many.1);

    let path = format!("/v1/leave-requests/{one}/approve");
    let body = json!({ "agent": agent, "step": 0 });
    let (status, body) = crate::app::answer(world.keyed(&world.manager, "bulk-3", &path, &body)).await;
    assert_eq!((status, &body["type"]), (422, &json!("/problems/idempotency-key-reused")), "{body}");
    assert_eq!(world.app.count("LeaveApproved").await, 0);
    let again = crate::app::answer(world.keyed(&world.manager, "bulk-3", "/v1/leave-decisions", &items)).await;
    assert_eq!(again.0, 200, "{}", again.1);
}

/// Each comes to the journal before the other is recorded there.
#[tokio::test]
async fn of_a_command_and_a_call_of_many_at_once_under_one_key_one_is_done() {
    let world = World::new().await;
    let other = world.app.another().await;
    let (one, two) = (world.asked("2026-05-18", "2026-05-19").await, world.asked("2026-05-20", "2026-05-21").await);
    let agent = world.agent.account;
    let keyed = |request: reqwest::RequestBuilder| {
        let mut request = request.build().unwrap();
        request.headers_mut().insert("idempotency-key", "bulk-4".parse().unwrap());
        async {
            let response = reqwest::Client::new().execute(request).await.unwrap();
            (response.status().as_u16(), response.json::<serde_json::Value>().await.unwrap())
        }
    };
    let approve = json!({ "agent": agent, "step": 0 });
    let single = world.app.command(&world.manager, &format!("/v1/leave-requests/{one}/approve"), &approve);
    let items = json!({ "items": [{ "leave": two, "agent": agent, "decision": "approve", "step": 0 }] });
    let many = other.command(&world.manager, "/v1/leave-decisions", &items);

    let owner = world.app.database.owner();
    let mut holding = owner.acquire().await.unwrap();
    sqlx::raw_sql("BEGIN; SELECT FROM journal.head FOR UPDATE").execute(&mut *holding).await.unwrap();
    let recorded_once_both_wait = async {
        const WAITING: &str = "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
                               WHERE datname = current_database() AND NOT granted";
        while sqlx::query_scalar::<_, i64>(WAITING).fetch_one(&owner).await.unwrap() < 2 {
            tokio::task::yield_now().await;
        }
        sqlx::raw_sql("COMMIT").execute(&mut *holding).await.unwrap();
    };
    let (single, many, ()) = futures::join!(keyed(single), keyed(many), recorded_once_both_wait);
    let (done, reused) = if single.0 == 200 { (single, many) } else { (many, single) };
    assert_eq!((done.0, reused.0), (200, 422), "{done:?} {reused:?}");
    assert_eq!(reused.1["type"], "/problems/idempotency-key-reused");
    assert_eq!(world.app.count("LeaveApproved").await, 1);
}

#[tokio::test]
async fn each_of_many_answers_in_the_language_that_was_asked_for() {
    let world = World::new().await;
    let leave = world.granted("2026-05-18", "2026-05-19").await;
    let items =
        json!({ "items": [{ "leave": leave, "agent": world.agent.account, "decision": "approve", "step": 0 }] });
    for (accepts, title, detail) in [
        ("fr", "La demande n’en est plus là", "déjà reçu une décision"),
        ("en", "The leave is in another state", "the leave is granted"),
    ] {
        let request = world.app.command(&world.manager, "/v1/leave-decisions", &items);
        // The second value of a header that was set is another line of it: this one replaces it.
        let mut request = request.build().unwrap();
        request.headers_mut().insert("accept-language", accepts.parse().unwrap());
        let response = reqwest::Client::new().execute(request).await.unwrap();
        assert_eq!(response.headers()["content-language"], accepts);
        let vary: Vec<_> = response.headers().get_all("vary").iter().collect();
        assert!(vary.iter().any(|value| value.as_bytes() == b"accept-language"), "{vary:?}");
        let body: serde_json::Value = response.json().await.unwrap();
        let problem = &body["items"][0]["problem"];
        assert_eq!(problem["title"], title);
        assert!(problem["detail"].as_str().unwrap().contains(detail), "{problem}");
    }
}
