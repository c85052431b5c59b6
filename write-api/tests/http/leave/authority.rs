//! Nobody gains a right over his own affairs, nor learns of those that are not his.

use super::world::World;
use crate::app::slug;
use events::account::Role;
use serde_json::json;
use std::collections::BTreeSet;

#[tokio::test]
async fn nobody_acts_for_human_resources_in_his_own_matter() {
    let world = World::new().await;
    let own = |rest: &str| format!("/v1/agents/{}/{rest}", world.hr.account);
    world.app.agent("Autre", &[]).await;
    for (rest, body) in [
        ("absences", json!({ "type": "unjustified", "first": "2026-01-02", "last": "2026-01-02" })),
        (
            "credits",
            json!({ "counter": "rtt:2026", "half_days": 1, "effective": "2026-01-01", "cause": "advance", "motive": "m" }),
        ),
        ("employment", json!({ "from": "2026-01-01", "title": "x" })),
        ("carry-overs", json!({ "year": 2025, "by": "sickness", "return_date": "2026-01-05" })),
        ("time-savings/settle", json!({ "year": 2025 })),
    ] {
        assert_eq!(slug(&world.app.post(&world.hr, &own(rest), body).await), "not-allowed", "{rest}");
    }
    let sickness = format!("/v1/sicknesses/{}/certificate", uuid::Uuid::new_v4());
    let certificate = json!({ "agent": world.hr.account, "issued": "2026-01-02", "sent": "2026-01-02" });
    assert_eq!(slug(&world.app.post(&world.hr, &sickness, certificate).await), "not-allowed");
}

/// Who validates, staffs or leads one's own unit is who decides on one's own leave.
#[tokio::test]
async fn nobody_sets_the_rules_of_his_own_unit_nor_a_route_without_a_decision() {
    let world = World::new().await;
    let unit = |rest: &str| format!("/v1/units/{}/{rest}", world.unit);
    let own = world.app.agent("Rh", &[Role::Hr]).await;
    world.employ(&own, &world.unit).await;
    let manager = json!({ "by": { "any-of": ["manager"] } });
    let routes = |steps: serde_json::Value| json!({ "rules": [{ "steps": steps }], "from": "2026-01-05" });
    for (rest, body) in [
        ("manager", json!({ "manager": own.account, "from": "2026-01-05" })),
        ("staffing-rules", json!({ "rules": [], "from": "2026-01-05" })),
        ("validation-routes", routes(json!([manager]))),
        ("close", json!({ "on": "2026-01-05" })),
    ] {
        let answer = world.app.post(&own, &unit(rest), body).await;
        assert_eq!((answer.0, slug(&answer)), (403, "not-allowed"), "{rest}: {}", answer.1);
    }
    let none = world.app.post(&world.hr, &unit("validation-routes"), routes(json!([]))).await;
    assert_eq!((none.0, super::world::field(&none)), (422, "/rules/0/steps"), "{}", none.1);
    assert_eq!(world.app.post(&world.hr, &unit("validation-routes"), routes(json!([manager]))).await.0, 200);
}

/// Each would decide on the leave of the other, which no rule of one alone forbids.
#[tokio::test]
async fn two_never_manage_each_other_through_their_units() {
    let world = World::new().await;
    let (_, second) = world.app.post(&world.hr, "/v1/units", json!({ "code": "DVD", "name": "Voirie" })).await;
    let second = second["unit"].as_str().unwrap();
    let (lead, move_to) =
        (format!("/v1/units/{second}/manager"), |unit: &str| json!({ "from": "2026-03-02", "unit": unit }));
    let employment = |of: &crate::app::Agent| format!("/v1/agents/{}/employment", of.account);
    let leads = |who: &crate::app::Agent, from: &str| json!({ "manager": who.account, "from": from });
    world.employ(&world.manager, second).await;
    let refused = world.app.post(&world.hr, &lead, leads(&world.agent, "2026-03-02")).await;
    assert_eq!((refused.0, super::world::field(&refused)), (422, "/manager"), "{}", refused.1);

    let third = world.app.agent("Tiers", &[]).await;
    world.employ(&third, second).await;
    assert_eq!(world.app.post(&world.hr, &lead, leads(&third, "2026-02-01")).await.0, 200, "his own unit");
    let moves = world.app.post(&world.hr, &employment(&third), move_to(&world.unit)).await;
    assert_eq!((moves.0, super::world::field(&moves)), (422, "/unit"), "{}", moves.1);
    let under = json!({ "from": "2026-02-02", "manager": world.agent.account });
    let refused = world.app.post(&world.hr, &employment(&world.manager), under).await;
    assert_eq!((refused.0, super::world::field(&refused)), (422, "/manager"), "{}", refused.1);
    let elsewhere = world.app.post(&world.hr, &employment(&world.agent), move_to(second)).await;
    assert_eq!(elsewhere.0, 200, "whom nobody manages manages him: {}", elsewhere.1);
}

/// Who has no part in a leave is told the same whatever became of it.
#[tokio::test]
async fn the_state_of_a_leave_is_for_those_who_decide_on_it() {
    let world = World::new().await;
    let colleague = world.app.agent("Joliot", &[]).await;
    let agent = world.agent.account;
    let pending = world.asked("2026-05-18", "2026-05-18").await;
    let granted = world.granted("2026-05-19", "2026-05-19").await;
    let amended = world.asked("2026-05-20", "2026-05-20").await;
    let dates = json!({ "first": "2026-05-21", "last": "2026-05-21" });
    assert_eq!(world.act(&world.agent, &amended, "amend", dates).await.0, 200);
    let withdrawn = world.asked("2026-05-22", "2026-05-22").await;
    assert_eq!(world.act(&world.agent, &withdrawn, "withdraw", json!({})).await.0, 200);
    let mut told = BTreeSet::new();
    for leave in [&pending, &granted, &amended, &withdrawn] {
        for (act, step) in [("approve", 0), ("approve", 3), ("refuse", 0), ("override-staffing", 0)] {
            let body = json!({ "agent": agent, "step": step, "motive": "m" });
            let body = if act == "approve" { json!({ "agent": agent, "step": step }) } else { body };
            told.insert(world.act(&colleague, leave, act, body).await.1.to_string());
        }
        for act in ["accept-cancellation", "refuse-cancellation"] {
            told.insert(
                world.act(&colleague, leave, act, json!({ "agent": agent, "motive": "m" })).await.1.to_string(),
            );
        }
    }
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told.iter().all(|problem| problem.contains("not-allowed")), "{told:?}");
    for (leave, status) in [(&granted, "granted"), (&withdrawn, "withdrawn")] {
        assert_eq!(world.approve(&world.manager, leave).await.1["leave_status"], status);
    }
}
