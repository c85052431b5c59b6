//! Whatever member of whatever body is wrong, the answer names it and says what belongs there.

use super::matrix::{MATRIX, Subjects, body, cast};
use super::world::World;
use crate::app::{Agent, slug};
use serde_json::{Value, json};

/// Members that the matrix does without.
fn fuller(world: &World) -> Vec<(&'static str, Value)> {
    let (agent, unit) = (world.agent.account, &world.unit);
    let dated = |mut body: Value, circumstances: Value| {
        body["circumstances"] = circumstances;
        body
    };
    let ask = json!({
        "type": "paternity", "first": "2026-06-10", "last": "2026-06-12", "reason": "r", "special_motive": "s",
        "replacement": agent,
    });
    let pregnancy =
        json!({ "pregnancy": { "rank": "twins", "due": "2026-06-10", "born": "2026-06-11", "moved_weeks": 1 } });
    let adoption = json!({ "adoption": { "arrived": "2026-06-10", "adopted": 1, "in_charge": 0, "shared": true } });
    let child = json!({ "child": { "age_years": 3, "disabled": false } });
    let birth = json!({ "birth": { "born": "2026-06-10", "multiple": false, "first_day": "day_of_birth" } });
    let step = json!({ "by": { "any-of": ["manager"] }, "escalation": { "after_days": 7, "to": "hr" } });
    vec![
        ("/v1/leave-requests", dated(ask.clone(), pregnancy)),
        ("/v1/leave-requests", dated(ask.clone(), adoption)),
        ("/v1/leave-requests", dated(ask.clone(), child)),
        ("/v1/leave-requests", dated(ask, birth)),
        (
            "/v1/agents/{id}/credits",
            json!({
                "counter": "rtt:2026", "half_days": 1, "effective": "2026-01-01", "usable_until": "2026-12-31",
                "cause": "correction", "motive": "m",
            }),
        ),
        (
            "/v1/agents/{id}/employment",
            json!({
                "from": "2026-01-01", "entered": true, "left": false, "status": "official", "category": "A",
                "title": "x", "unit": unit, "manager": agent,
                "working_time": { "quota": 10000, "full_time_week_minutes": 2340, "annualised": false },
                "pattern": { "anchor": "2026-01-05", "halves": "11111111110000" },
            }),
        ),
        (
            "/v1/agents/{id}/sicknesses",
            json!({ "first": "2026-01-02", "last": "2026-01-02", "nature": "ordinary", "relapse_of": agent }),
        ),
        (
            "/v1/units/{id}/staffing-rules",
            json!({ "from": "2026-01-01", "rules": [{ "name": "x", "title": "t", "limit": { "min-present": 1 } }] }),
        ),
        (
            "/v1/units/{id}/validation-routes",
            json!({ "from": "2026-01-01", "rules": [{ "types": ["rtt"], "longer_than": 4, "steps": [step] }] }),
        ),
        ("/v1/calendar-feeds", json!({ "unit": unit })),
        (
            "/v1/delegations",
            json!({ "to": agent, "first": "2026-01-06", "last": "2026-01-31", "units": [unit], "types": ["rtt"] }),
        ),
    ]
}

/// The pointers to all that is no object or array in a body.
fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| leaves(value, &format!("{at}/{name}"), found))
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(place, value)| leaves(value, &format!("{at}/{place}"), found));
        }
        _ => found.push(at.to_owned()),
    }
}

/// What does not belong where `right` does.
fn wrong(right: &Value) -> Vec<Value> {
    let mut wrong = vec![json!({ "x": 1 })];
    match right {
        Value::String(text) if text.parse::<chrono::NaiveDate>().is_ok() => {
            wrong.extend(
                ["2026-2-3", "2026-02-30", "9999-12-31", "1989-12-31", "2026-02-03T00:00:00Z"].map(Value::from),
            );
        }
        Value::String(text) if uuid::Uuid::try_parse(text).is_ok() => wrong.push("1".into()),
        Value::String(_) => wrong.push(1.into()),
        Value::Number(_) => wrong.extend([json!(i64::MIN), json!(1.5), json!("1"), json!(u64::MAX)]),
        _ => wrong.push("x".into()),
    }
    wrong
}

async fn said(world: &World, by: &Agent, path: &str, body: &Value) -> (String, String) {
    let (status, answer) = world.app.post(by, path, body.clone()).await;
    // One of many has a result of its own.
    let (place, problem) = match &answer["items"][0]["problem"] {
        Value::Null => ("", (status, answer.clone())),
        of_item => ("/items/0", (422, of_item.clone())),
    };
    assert_eq!((problem.0, slug(&problem)), (422, "invalid-field"), "{path} {body}: {answer}");
    let error = &problem.1["errors"][0];
    let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    (format!("{place}{}", text("pointer")), text("detail"))
}

#[tokio::test]
async fn each_wrong_member_is_named_with_what_belongs_there() {
    let world = World::new().await;
    let cast = cast(&world).await;
    let subjects = Subjects::none();
    let nothing = uuid::Uuid::new_v4().to_string();
    let of_matrix = MATRIX.iter().filter(|(route, _)| !route.ends_with("/proofs"));
    let bodies = of_matrix.map(|(route, _)| (*route, body(&world, &cast, route, &subjects, &nothing)));
    let bodies: Vec<_> = bodies.chain(fuller(&world)).collect();
    let events = async || {
        sqlx::query_scalar::<_, i64>("SELECT count(*) FROM journal.event")
            .fetch_one(&world.app.database.owner())
            .await
            .unwrap()
    };
    let (before, mut vague) = (events().await, Vec::new());
    for (route, body) in bodies {
        let path = route.replace("{id}", &nothing);
        let mut pointers = Vec::new();
        leaves(&body, "", &mut pointers);
        pointers.retain(|pointer| !pointer.is_empty());
        for pointer in pointers {
            for value in wrong(body.pointer(&pointer).unwrap()) {
                let mut body = body.clone();
                *body.pointer_mut(&pointer).unwrap() = value.clone();
                let (at, detail) = said(&world, &cast["hr"], &path, &body).await;
                let named = at == pointer || at.starts_with(&format!("{pointer}/"));
                if !named || detail == "invalid value" {
                    vague.push(format!("{route} {pointer} {value}: {at} {detail}"));
                }
            }
        }
        let mut more = body;
        more["surplus"] = 1.into();
        assert_eq!(said(&world, &cast["hr"], &path, &more).await.0, "/surplus", "{route}");
        assert_eq!(said(&world, &cast["hr"], &path, &json!([])).await.0, "", "{route}");
    }
    assert!(vague.is_empty(), "{vague:#?}");
    assert_eq!(events().await, before);
}

/// What one type of leave depends on is not taken for another as if it had been left out.
#[tokio::test]
async fn what_a_type_of_leave_has_not_is_refused_by_its_field() {
    let world = World::new().await;
    let with = |leave_type: &str, field: &str, value: serde_json::Value| {
        let mut body = json!({ "type": leave_type, "first": "2026-05-04", "last": "2026-05-05" });
        body[field] = value;
        body
    };
    let child = || json!({ "child": { "age_years": 3 } });
    for (leave_type, field, value) in [
        ("annual-leave", "special_motive", json!("marriage_or_pacs")),
        ("annual-leave", "circumstances", child()),
        ("annual-leave", "occurred_on", json!("2026-05-02")),
        ("annual-leave", "event_number", json!(1)),
        ("maternity", "special_motive", json!("marriage_or_pacs")),
    ] {
        for (by, path) in [
            (&world.agent, "/v1/leave-requests".to_owned()),
            (&world.hr, format!("/v1/agents/{}/absences", world.agent.account)),
        ] {
            let answer = world.app.post(by, &path, with(leave_type, field, value.clone())).await;
            let expected = (422, format!("/{field}"));
            assert_eq!((answer.0, super::world::field(&answer).to_owned()), expected, "{path}: {}", answer.1);
        }
    }
    let leave = world.granted("2026-05-18", "2026-05-19").await;
    let correction = json!({
        "agent": world.agent.account, "half_days": ["2026-05-18"], "effective": "2026-05-18", "motive": "m",
        "circumstances": child(),
    });
    let answer = world.act(&world.hr, &leave, "correct", correction).await;
    assert_eq!((answer.0, super::world::field(&answer)), (422, "/circumstances"), "{}", answer.1);
}
