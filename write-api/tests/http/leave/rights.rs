//! Counters that move by decision, leave that is carried over, days that are saved.

use super::world::World;
use crate::app::slug;
use serde_json::json;

#[tokio::test]
async fn rights_move_by_decision_and_days_are_saved() {
    let world = World::new().await;
    let path = format!("/v1/agents/{}", world.agent.account);
    let credit =
        json!({ "counter": "annual-leave:2026", "half_days": 2, "effective": "2026-01-01", "cause": "advance" });
    assert_eq!(
        super::world::field(&world.app.post(&world.hr, &format!("{path}/credits"), credit.clone()).await),
        "/motive"
    );
    let mut credit = credit;
    credit["motive"] = json!("avance");
    assert_eq!(world.app.post(&world.hr, &format!("{path}/credits"), credit).await.0, 201);
    let of_a_year_that_runs = json!({
        "counter": "carried-over:2026", "half_days": 2, "effective": "2026-11-27", "cause": "exceptional-carry-over",
        "motive": "service",
    });
    let answer = world.app.post(&world.hr, &format!("{path}/credits"), of_a_year_that_runs).await;
    assert_eq!((slug(&answer), super::world::field(&answer)), ("invalid-field", "/counter"), "{}", answer.1);
    assert!(super::world::detail(&answer).contains("not over"), "{}", answer.1);
    assert_eq!(world.app.post(&world.agent, "/v1/me/time-savings", json!({})).await.0, 201);
    let deposit = json!({ "deposits": [{ "counter": "rtt:2026", "half_days": 2 }] });
    let (status, body) = world.app.post(&world.agent, "/v1/me/time-savings/deposits", deposit).await;
    assert_eq!(status, 201, "{body}");
}

#[tokio::test]
async fn leave_that_sickness_kept_from_being_taken_is_carried_over_once() {
    let world = World::new().await;
    let path = format!("/v1/agents/{}/carry-overs", world.agent.account);
    let hindered = json!({ "year": 2025, "by": "sickness", "return_date": "2026-01-05" });
    for (year, at, says) in [(2025, "/by", "no such absence"), (2026, "/year", "not over")] {
        let body = json!({ "year": year, "by": "sickness", "return_date": "2026-01-05" });
        let answer = world.app.post(&world.hr, &path, body).await;
        assert_eq!((slug(&answer), super::world::field(&answer)), ("invalid-field", at), "{}", answer.1);
        assert!(super::world::detail(&answer).contains(says), "{}", answer.1);
    }
    let sicknesses = format!("/v1/agents/{}/sicknesses", world.agent.account);
    let one_day = json!({ "first": "2025-02-10", "last": "2025-02-10" });
    assert_eq!(world.app.post(&world.hr, &sicknesses, one_day).await.0, 201);
    let prevented_nothing = json!({ "year": 2025, "by": "sickness", "return_date": "2025-02-11" });
    let answer = world.app.post(&world.hr, &path, prevented_nothing).await;
    assert_eq!((slug(&answer), super::world::field(&answer)), ("invalid-field", "/by"), "{}", answer.1);
    assert!(super::world::detail(&answer).contains("after the return"), "{}", answer.1);
    let spell = json!({ "first": "2025-11-03", "last": "2026-01-02" });
    let (status, body) = world.app.post(&world.hr, &sicknesses, spell).await;
    assert_eq!(status, 201, "{body}");
    let later = json!({ "year": 2025, "by": "sickness", "return_date": "2027-01-05" });
    let answer = world.app.post(&world.hr, &path, later).await;
    assert_eq!(super::world::field(&answer), "/return_date");
    assert!(super::world::detail(&answer).contains("2026-01-05"), "{}", answer.1);
    let (status, body) = world.app.post(&world.hr, &path, hindered.clone()).await;
    assert_eq!(status, 201, "{body}");
    assert!(body["movement"].is_string(), "{body}");
    assert_eq!(slug(&world.app.post(&world.hr, &path, hindered).await), "already-recorded");
    assert_eq!(world.app.count("RightCredited").await, 1);
    for (body, at, says) in [
        (json!({ "year": 2019, "by": "sickness", "return_date": "2026-01-05" }), "/by", "D 85-1250 art. 5-1"),
        (json!({ "year": 1900, "by": "family", "return_date": "2026-01-05" }), "/year", "1990 to 2099"),
        (json!({ "year": 2025, "by": "family", "return_date": "2026-02-30" }), "/return_date", "existing date"),
        (json!({ "year": 2025, "by": "boredom", "return_date": "2026-01-05" }), "/by", "sickness"),
        (json!({ "year": 2024, "by": "family", "return_date": "2019-01-05" }), "/return_date", "2019-01-05"),
    ] {
        let answer = world.app.post(&world.hr, &path, body).await;
        assert_eq!((slug(&answer), super::world::field(&answer)), ("invalid-field", at), "{}", answer.1);
        assert!(super::world::detail(&answer).contains(says), "{}", answer.1);
    }
    assert_eq!(world.app.count("RightCredited").await, 1);
}

#[tokio::test]
async fn the_agent_chooses_over_saved_days_in_january_and_silence_does_after() {
    let world = World::new().await;
    let path = format!("/v1/agents/{}", world.agent.account);
    let choices = "/v1/me/time-savings/choices";
    let choose =
        |kept: u32, paid: u32, pension: u32| json!({ "year": 2025, "kept": kept, "paid": paid, "pension": pension });
    let answer = world.app.post(&world.agent, choices, choose(0, 4, 0)).await;
    assert!(super::world::detail(&answer).contains("no time-savings account"), "{}", answer.1);
    assert_eq!(world.app.post(&world.agent, "/v1/me/time-savings", json!({})).await.0, 201);
    let saved = json!({
        "counter": "time-savings", "half_days": 34, "effective": "2025-12-31", "cause": "opening-balance", "motive": "reprise",
    });
    assert_eq!(world.app.post(&world.hr, &format!("{path}/credits"), saved).await.0, 201);
    let article = "D 2004-878 art. 5";
    for (body, at) in [
        (choose(0, 2, 0), ""),
        (json!({ "year": 2026, "kept": 0, "paid": 4, "pension": 0 }), "/year"),
        (json!({ "year": 2024, "kept": 0, "paid": 4, "pension": 0 }), "/year"),
    ] {
        let answer = world.app.post(&world.agent, choices, body).await;
        assert_eq!((slug(&answer), super::world::field(&answer)), ("invalid-field", at), "{}", answer.1);
        assert!(super::world::detail(&answer).contains(article), "{}", answer.1);
    }
    let settle = format!("{path}/time-savings/settle");
    let early = world.app.post(&world.hr, &settle, json!({ "year": 2025 })).await;
    assert_eq!((slug(&early), super::world::field(&early)), ("invalid-field", "/year"), "{}", early.1);
    assert!(super::world::detail(&early).contains(article), "{}", early.1);
    let (status, body) = world.app.post(&world.agent, choices, choose(2, 1, 1)).await;
    assert_eq!(status, 201, "{body}");
    assert_eq!(slug(&world.app.post(&world.agent, choices, choose(2, 1, 1)).await), "already-recorded");
    world.at("2026-02-01T09:00:00Z");
    let hr = world.app.again(world.hr.account, &world.hr.username).await;
    assert_eq!(world.app.post(&hr, &settle, json!({ "year": 2025 })).await.0, 201, "nothing is left to settle");
    assert_eq!(world.app.count("TimeSavingsSplit").await, 1);
}

/// A credit that could never be used is refused by the date that says so.
#[tokio::test]
async fn a_credit_begins_and_ends_while_its_counter_is_used() {
    let world = World::new().await;
    let path = format!("/v1/agents/{}/credits", world.agent.account);
    let credit = |effective: &str, until: &str| {
        json!({
            "counter": "annual-leave:2026", "half_days": 2, "effective": effective, "usable_until": until,
            "cause": "advance", "motive": "m",
        })
    };
    for (body, at) in [
        (credit("2099-01-01", "2099-01-01"), "/effective"),
        (credit("2027-01-01", "2027-01-31"), "/effective"),
        (credit("2026-01-01", "2099-01-01"), "/usable_until"),
    ] {
        let answer = world.app.post(&world.hr, &path, body).await;
        assert_eq!((answer.0, super::world::field(&answer)), (422, at), "{}", answer.1);
    }
    assert_eq!(world.app.count("RightCredited").await, 0);
    let debits = format!("/v1/agents/{}/debits", world.agent.account);
    for (body, at) in [
        (credit("2099-01-01", "2099-01-01"), "/usable_until"),
        (
            json!({ "counter": "annual-leave:2026", "half_days": 2, "effective": "2099-01-01", "cause": "correction", "motive": "m" }),
            "/effective",
        ),
        (
            json!({ "counter": "annual-leave:2026", "half_days": 2, "effective": "2026-06-01", "cause": "carry-over-after-sickness", "motive": "m" }),
            "/counter",
        ),
    ] {
        let answer = world.app.post(&world.hr, &debits, body).await;
        assert_eq!((answer.0, super::world::field(&answer)), (422, at), "{}", answer.1);
    }
    assert_eq!(world.app.count("RightDebited").await, 0);
}
