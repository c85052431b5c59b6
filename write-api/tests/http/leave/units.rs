//! Units that are named where leave is.

use super::world::{World, detail, field};
use crate::app::slug;
use serde_json::{Value, json};

#[tokio::test]
async fn a_unit_that_is_not_there_or_is_closed_is_taken_by_no_door() {
    let world = World::new().await;
    let (_, closed) = world.app.post(&world.hr, "/v1/units", json!({ "code": "DVD", "name": "Voirie" })).await;
    let closed = closed["unit"].as_str().unwrap();
    let closing = format!("/v1/units/{closed}/close");
    assert_eq!(world.app.post(&world.hr, &closing, json!({ "on": "2026-01-04" })).await.0, 200);
    let employment = format!("/v1/agents/{}/employment", world.agent.account);
    let nowhere = uuid::Uuid::new_v4().to_string();
    for unit in [closed, &nowhere] {
        let days = json!({ "to": world.hr.account, "first": "2026-01-05", "last": "2026-01-31" });
        let delegation = |units: Value| {
            let mut delegation = days.clone();
            delegation["units"] = units;
            delegation
        };
        for (by, path, body, pointer) in [
            (&world.hr, employment.as_str(), json!({ "from": "2026-01-05", "unit": unit }), "/unit"),
            (&world.hr, "/v1/units", json!({ "code": "X", "name": "x", "parent": unit }), "/parent"),
            (&world.manager, "/v1/delegations", delegation(json!([world.unit, unit])), "/units/1"),
        ] {
            let refused = world.app.post(by, path, body).await;
            assert_eq!((refused.0, field(&refused)), (422, pointer), "{path}: {}", refused.1);
        }
    }
    assert_eq!(world.app.count("DelegationGranted").await, 0);
    let until_its_end = json!({ "from": "2026-01-04", "unit": closed });
    assert_eq!(world.app.post(&world.hr, &employment, until_its_end).await.0, 200, "on its last day it is open");
}

/// Whoever were left would be in a unit that is gone: with no leader to decide, and in nobody's calendar.
#[tokio::test]
async fn a_unit_closes_once_its_agents_and_the_units_below_have_another() {
    let world = World::new().await;
    let open = async |code: &str, parent: Option<&str>| {
        let body = json!({ "code": code, "name": code, "parent": parent });
        let (status, body) = world.app.post(&world.hr, "/v1/units", body).await;
        (status, body["unit"].as_str().unwrap_or_default().to_owned(), body)
    };
    let close = async |unit: &str, on: &str| {
        world.app.post(&world.hr, &format!("/v1/units/{unit}/close"), json!({ "on": on })).await
    };
    let (_, below, _) = open("SUB", Some(&world.unit)).await;
    let (_, elsewhere, _) = open("DVD", None).await;
    let refused = close(&world.unit, "2026-06-30").await;
    assert_eq!((refused.0, slug(&refused)), (409, "unit-in-use"), "{}", refused.1);
    assert_eq!((&refused.1["agents"], &refused.1["units"]), (&json!([world.agent.account]), &json!([below])));

    assert_eq!(close(&below, "2026-06-30").await.0, 200);
    let employment = format!("/v1/agents/{}/employment", world.agent.account);
    let moved = json!({ "from": "2026-07-01", "unit": elsewhere });
    assert_eq!(world.app.post(&world.hr, &employment, moved).await.0, 200);
    let early = close(&world.unit, "2026-06-29").await;
    assert_eq!(early.1["agents"], json!([world.agent.account]), "there on its last day but one: {}", early.1);
    assert_eq!(close(&world.unit, "2026-06-30").await.0, 200);
    // It is open until then, and what is opened below would outlive it.
    let (status, _, refused) = open("NEW", Some(&world.unit)).await;
    assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!("/parent")), "{refused}");
}

#[tokio::test]
async fn what_is_named_is_bounded_and_the_field_is_told() {
    let world = World::new().await;
    let unit = |rest: &str| format!("/v1/units/{}/{rest}", world.unit);
    let person = json!({ "person": uuid::Uuid::new_v4() });
    let routes = |rules: Value| json!({ "rules": rules, "from": "2026-01-05" });
    let step = |approvers: Value| json!({ "by": { "any-of": approvers } });
    let manager = step(json!(["manager"]));
    let long = "x".repeat(1 << 20);
    let titled = json!([{ "name": "guichet", "title": long, "limit": { "min-present": 1 } }]);
    let delegation = |field: &str, value: Value| {
        let mut delegation = json!({ "to": world.hr.account, "first": "2026-01-05", "last": "2026-01-31" });
        delegation[field] = value;
        delegation
    };
    let units = vec![uuid::Uuid::new_v4(); 65];
    let crowd = json!(vec![person; 40_000]);
    let employment = format!("/v1/agents/{}/employment", world.agent.account);
    for (by, path, body, pointer) in [
        (&world.hr, unit("validation-routes"), routes(json!([{ "steps": [step(crowd)] }])), "/rules/0/steps/0/by"),
        (&world.hr, unit("validation-routes"), routes(json!([{ "steps": vec![&manager; 40_000] }])), "/rules/0/steps"),
        (&world.hr, unit("validation-routes"), routes(json!(vec![json!({ "steps": [manager] }); 33])), "/rules"),
        (
            &world.hr,
            unit("validation-routes"),
            routes(json!([{ "types": vec!["rtt"; 18], "steps": [manager] }])),
            "/rules/0/types",
        ),
        (&world.hr, unit("staffing-rules"), json!({ "rules": titled, "from": "2026-01-05" }), "/rules/0/title"),
        (&world.hr, employment.clone(), json!({ "from": "2026-01-05", "title": long }), "/title"),
        (&world.manager, "/v1/delegations".to_owned(), delegation("units", json!(units)), "/units"),
        (&world.manager, "/v1/delegations".to_owned(), delegation("types", json!(vec!["rtt"; 18])), "/types"),
    ] {
        let refused = world.app.post(by, &path, body).await;
        assert_eq!((refused.0, field(&refused)), (422, pointer), "{path}: {}", detail(&refused));
    }
    assert_eq!(world.app.count("ValidationRoutesSet").await, 0);
}
