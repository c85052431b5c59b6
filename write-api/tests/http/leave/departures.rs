//! Who left the service has no part in the leave of others, whatever he was to them.

use super::matrix::{DECIDERS, cast};
use super::world::{World, field};
use crate::app::{Agent, slug};
use events::account::Role;
use serde_json::{Value, json};
use write_api::leave::{Released, release_replacements};

#[tokio::test]
async fn who_left_the_service_decides_no_more_and_human_resources_do() {
    let world = World::new().await;
    world.employ(&world.manager, &world.unit).await;
    let cast = cast(&world).await;
    let leave = {
        let ask = json!({ "type": "annual-leave", "first": "2026-05-18", "last": "2026-05-19" });
        let (status, asked) = world.app.post(&cast["agent"], "/v1/leave-requests", ask).await;
        assert_eq!(status, 201, "{asked}");
        asked["leave"].as_str().unwrap().to_owned()
    };
    let at_step = json!({ "agent": world.agent.account, "step": 0 });
    let path = format!("/v1/leave-requests/{leave}/approve");
    let stopped = |answer: &_| ["not-allowed", "not-found"].contains(&slug(answer));
    assert!(stopped(&world.app.post(&cast["hr"], &path, at_step.clone()).await), "the manager is there");
    let left = json!({ "from": "2026-01-05", "left": true });
    let employment = format!("/v1/agents/{}/employment", world.manager.account);
    let answer = world.app.post(&cast["hr"], &employment, left).await;
    assert_eq!(answer.0, 200, "{}", answer.1);
    for name in DECIDERS {
        assert!(stopped(&world.app.post(&cast[name], &path, at_step.clone()).await), "{name}");
    }
    let answer = world.app.post(&cast["hr"], &path, at_step).await;
    assert_eq!((answer.0, &answer.1["status"]), (200, &"granted".into()), "{}", answer.1);
}

/// Lets this be somebody's last day.
async fn leaves(world: &World, by: &Agent, who: &Agent, last: &str) {
    let path = format!("/v1/agents/{}/employment", who.account);
    let answer = world.app.post(by, &path, json!({ "from": last, "left": true })).await;
    assert_eq!(answer.0, 200, "{}", answer.1);
}

#[tokio::test]
async fn the_roles_of_who_left_the_service_open_nothing() {
    let world = World::new().await;
    let officer = world.app.agent("Sante", &[Role::HrHealth, Role::Hr]).await;
    let successor = world.app.agent("Releve", &[Role::Hr]).await;
    for of_office in [&world.hr, &officer] {
        let path = format!("/v1/agents/{}/employment", of_office.account);
        let entered = json!({ "from": "2015-01-01", "entered": true });
        assert_eq!(world.app.post(&successor, &path, entered).await.0, 200);
    }
    let by_hr = json!({ "rules": [{ "steps": [{ "by": { "any-of": ["hr"] } }] }], "from": "2026-01-05" });
    let routes = format!("/v1/units/{}/validation-routes", world.unit);
    assert_eq!(world.app.post(&world.hr, &routes, by_hr).await.0, 200);
    let leave = world.asked("2026-05-18", "2026-05-19").await;
    let agent = |rest: &str| format!("/v1/agents/{}/{rest}", world.agent.account);
    let acts: [(String, Value); 6] = [
        (format!("/v1/leave-requests/{leave}/approve"), json!({ "agent": world.agent.account, "step": 0 })),
        (agent("sicknesses"), json!({ "first": "2026-02-02", "last": "2026-02-02" })),
        (agent("employment"), json!({ "from": "2026-01-01", "title": "x" })),
        (agent("absences"), json!({ "type": "unjustified", "first": "2026-01-02", "last": "2026-01-02" })),
        ("/v1/units".to_owned(), json!({ "code": "X", "name": "x" })),
        ("/v1/calendar-feeds".to_owned(), json!({ "unit": world.unit })),
    ];
    let other = world.app.another().await;
    for of_office in [&world.hr, &officer] {
        leaves(&world, &successor, of_office, "2026-01-05").await;
        // On his last day he still acts.
        let known = json!({ "from": "2026-01-01", "category": "B" });
        assert_eq!(world.app.post(of_office, &agent("employment"), known).await.0, 200);
    }
    world.at("2026-01-06T09:00:00Z");
    for of_office in [&world.hr, &officer] {
        let gone = world.app.again(of_office.account, &of_office.username).await;
        for (path, body) in &acts {
            for app in [&world.app, &other] {
                let answer = app.post(&gone, path, body.clone()).await;
                assert_eq!((answer.0, slug(&answer)), (403, "not-allowed"), "{path}: {}", answer.1);
            }
        }
    }
    let successor = world.app.again(successor.account, &successor.username).await;
    for (path, body) in acts {
        let answer = world.app.post(&successor, &path, body).await;
        assert!([200, 201].contains(&answer.0), "{path}: {}", answer.1);
    }
}

#[tokio::test]
async fn who_leaves_before_the_leave_ends_is_not_named_to_stand_in() {
    let world = World::new().await;
    let colleague = world.app.agent("Joliot", &[]).await;
    world.employ(&colleague, &world.unit).await;
    leaves(&world, &world.hr, &colleague, "2026-05-19").await;
    let named = json!({ "replacement": colleague.account });
    for (first, last, stands_in) in [("2026-05-18", "2026-05-19", true), ("2026-05-20", "2026-05-20", false)] {
        let mut body = json!({ "type": "annual-leave", "first": first, "last": last });
        body["replacement"] = named["replacement"].clone();
        let asked = world.app.post(&world.agent, "/v1/leave-requests", body).await;
        let expected = if stands_in { (201, "") } else { (422, "/replacement") };
        assert_eq!((asked.0, field(&asked)), expected, "{}", asked.1);
    }
    let leave = world.asked("2026-05-20", "2026-05-20").await;
    let refused = world.act(&world.agent, &leave, "name-replacement", named).await;
    assert_eq!((refused.0, field(&refused)), (422, "/replacement"), "{}", refused.1);
    assert_eq!(world.app.count("ReplacementNamed").await, 1);
}

#[tokio::test]
async fn who_leaves_afterwards_stands_in_no_more_and_the_agent_is_told() {
    let world = World::new().await;
    let colleague = world.app.agent("Joliot", &[]).await;
    world.employ(&colleague, &world.unit).await;
    let named = json!({ "replacement": colleague.account });
    let whose = json!({ "agent": world.agent.account });
    let (past, accepted) =
        (world.granted("2026-01-05", "2026-01-05").await, world.granted("2026-05-18", "2026-05-19").await);
    let asked = world.asked("2026-06-01", "2026-06-02").await;
    for leave in [&past, &accepted, &asked] {
        assert_eq!(world.act(&world.agent, leave, "name-replacement", named.clone()).await.0, 200);
    }
    assert_eq!(world.act(&colleague, &accepted, "accept-replacement", whose.clone()).await.0, 200);
    leaves(&world, &world.hr, &colleague, "2026-01-05").await;
    assert_eq!(release_replacements(&world.app.api).await.unwrap(), Released(0), "he is there until the evening");

    world.at("2026-01-06T09:00:00Z");
    let gone = world.app.again(colleague.account, &colleague.username).await;
    let answer = world.act(&gone, &asked, "accept-replacement", whose).await;
    assert_eq!((answer.0, slug(&answer)), (403, "not-allowed"), "{}", answer.1);
    let other = world.app.another().await;
    let released = futures::join!(release_replacements(&world.app.api), release_replacements(&other.api));
    assert_eq!(released.0.unwrap().0 + released.1.unwrap().0, 2, "each once");
    assert_eq!(release_replacements(&world.app.api).await.unwrap(), Released(0));
    assert_eq!(world.app.count("ReplacementDeclined").await, 2);
}
