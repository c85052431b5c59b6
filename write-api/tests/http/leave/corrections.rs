//! What human resources correct, held to the law as the rest is.

use super::world::{World, detail, field};
use crate::app::slug;
use serde_json::{Value, json};

impl World {
    async fn of_hr(&self, rest: &str, body: Value) -> crate::app::Answer {
        self.app.post(&self.hr, &format!("/v1/agents/{}/{rest}", self.agent.account), body).await
    }
}

/// Leave that had to be taken before days were saved is exchanged for other, and not released.
#[tokio::test]
async fn a_correction_holds_the_floor_of_the_time_savings_account() {
    let world = World::new().await;
    world.granted("2026-03-02", "2026-03-13").await;
    let leave = world.granted("2026-07-06", "2026-07-20").await;
    assert_eq!(world.app.post(&world.agent, "/v1/me/time-savings", json!({})).await.0, 201);
    world.at("2026-08-03T09:00:00Z");
    let agent = world.app.again(world.agent.account, &world.agent.username).await;
    let hr = world.app.again(world.hr.account, &world.hr.username).await;
    let deposit = json!({ "deposits": [{ "counter": "annual-leave:2026", "half_days": 10 }] });
    let (status, body) = world.app.post(&agent, "/v1/me/time-savings/deposits", deposit).await;
    assert_eq!(status, 201, "{body}");
    let release = json!({
        "agent": world.agent.account, "half_days": ["2026-07-20"], "effective": "2026-07-20", "motive": "présent le 20",
    });
    let answer = world.act(&hr, &leave, "correct", release.clone()).await;
    assert_eq!(slug(&answer), "invalid-field", "{}", answer.1);
    assert!(detail(&answer).contains("D 2004-878 art. 3"), "{}", answer.1);
    let mut exchange = release;
    exchange["first"] = json!("2026-07-21");
    let (status, body) = world.act(&hr, &leave, "correct", exchange).await;
    assert_eq!(status, 200, "{body}");
}

/// An employment that gives less than is taken is recorded, and what is overdrawn is said.
#[tokio::test]
async fn a_correction_of_the_employment_says_what_is_overdrawn() {
    let world = World::new().await;
    world.granted("2026-03-02", "2026-03-20").await;
    let half_time = json!({ "from": "2026-01-01", "pattern": { "halves": "11111000000000" } });
    let (status, body) = world.of_hr("employment", half_time).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["overdrawn"], json!([{ "counter": "annual-leave:2026", "half_days": 5 }]), "{body}");
    let (status, body) = world.of_hr("employment", json!({ "from": "2026-01-01", "title": "agent" })).await;
    assert_eq!((status, body["overdrawn"].is_array()), (200, true), "as long as it is so: {body}");
    let full_time = json!({ "from": "2026-01-01", "pattern": { "halves": "11111111110000" } });
    let (_, body) = world.of_hr("employment", full_time).await;
    assert_eq!(body["overdrawn"], Value::Null, "{body}");
}

/// What no rule gives has a motive; for a sick child, no more than the law doubles.
#[tokio::test]
async fn a_credit_that_no_rule_gives_has_a_motive_and_the_law_as_its_end() {
    let world = World::new().await;
    let opening = json!({
        "counter": "annual-leave:2026", "half_days": 600, "effective": "2026-01-01", "cause": "opening-balance",
    });
    let answer = world.of_hr("credits", opening).await;
    assert_eq!((answer.0, field(&answer)), (422, "/motive"), "{}", answer.1);
    let alone = |half_days: u32| {
        json!({
            "counter": "sick-child:2026", "half_days": half_days, "effective": "2026-01-01", "cause": "correction",
            "motive": "parent seul",
        })
    };
    let answer = world.of_hr("credits", alone(13)).await;
    assert_eq!((answer.0, field(&answer)), (422, "/half_days"), "{}", answer.1);
    assert_eq!(world.of_hr("credits", alone(12)).await.0, 201);
}

/// A sickness on days of RTT is recorded, and they are not given back.
#[tokio::test]
async fn a_sickness_on_rtt_is_recorded_once() {
    let world = World::new().await;
    let (status, body) = world.ask_as(&world.agent, "rtt", "2026-02-02", "2026-02-03").await;
    assert_eq!(status, 201, "{body}");
    let spell = json!({ "first": "2026-02-02", "last": "2026-02-03" });
    let (status, body) = world.of_hr("sicknesses", spell.clone()).await;
    assert_eq!((status, &body["half_days"]), (201, &json!(0)), "{body}");
    let again = world.of_hr("sicknesses", spell).await;
    assert_eq!(slug(&again), "overlapping-absence", "{}", again.1);
    let sickness = body["sickness"].as_str().unwrap();
    let back = json!({ "agent": world.agent.account, "back": "2026-02-02", "motive": "erreur" });
    let shorten = format!("/v1/sicknesses/{sickness}/shorten");
    assert_eq!(world.app.post(&world.hr, &shorten, back.clone()).await.0, 200);
    let answer = world.app.post(&world.hr, &shorten, back).await;
    assert_eq!((answer.0, field(&answer)), (422, "/back"), "{}", answer.1);
}
