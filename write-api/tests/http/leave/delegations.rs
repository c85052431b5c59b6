//! Who decides in the place of another.

use super::world::World;
use crate::app::{Agent, slug};
use events::account::Role;
use serde_json::{Value, json};

#[tokio::test]
async fn a_delegation_that_was_revoked_meanwhile_decides_nothing_and_one_does_not_decide_for_himself_by_it() {
    let world = World::new().await;
    let delegate = world.app.agent("Relais", &[]).await;
    let body = |to: &Agent| json!({ "to": to.account, "first": "2026-01-05", "last": "2026-01-31" });
    let (_, granted) = world.app.post(&world.manager, "/v1/delegations", body(&delegate)).await;
    let leave = world.asked("2026-05-18", "2026-05-19").await;
    assert_eq!(world.app.post(&world.manager, "/v1/delegations", body(&world.agent)).await.0, 201);
    assert_eq!(slug(&world.approve(&world.agent, &leave).await), "not-allowed");
    let revoke = format!("/v1/delegations/{}/revoke", granted["delegation"].as_str().unwrap());
    assert_eq!(slug(&world.app.post(&delegate, &revoke, json!({})).await), "not-allowed");
    // Another process, which knew the delegation before it was revoked.
    let other = world.app.another().await;
    let path = format!("/v1/leave-requests/{leave}/approve");
    let no = json!({ "agent": world.agent.account, "step": 9 });
    assert_eq!(slug(&other.post(&delegate, &path, no).await), "leave-state");
    assert_eq!(world.app.post(&world.manager, &revoke, json!({})).await.0, 200);
    let yes = json!({ "agent": world.agent.account, "step": 0 });
    assert_eq!(slug(&other.post(&delegate, &path, yes).await), "not-allowed");
    assert_eq!(world.approve(&world.manager, &leave).await.1["status"], "granted");
}

#[tokio::test]
async fn nothing_is_delegated_or_given_to_somebody_whom_nobody_knows() {
    let world = World::new().await;
    let nobody = uuid::Uuid::new_v4();
    let delegation = json!({ "to": nobody, "first": "2026-01-05", "last": "2026-01-31" });
    let gifts = format!("/v1/agents/{}/gifts", world.agent.account);
    let gift = json!({ "gift": uuid::Uuid::new_v4(), "to": nobody });
    for (by, path, body) in [(&world.manager, "/v1/delegations", delegation), (&world.hr, &gifts, gift)] {
        let refused = world.app.post(by, path, body).await;
        assert_eq!((refused.0, super::world::field(&refused)), (422, "/to"), "{path}: {}", refused.1);
    }
}

/// What human resources decide takes their role; in the place of one whom a route names, a colleague of the role decides
/// within the scope, and neither of them for himself.
#[tokio::test]
async fn human_resources_delegate_among_themselves_and_nobody_gains_a_right_by_it() {
    let world = World::new().await;
    let relay = world.app.agent("Relais", &[Role::Hr]).await;
    let (outside, health) = (world.app.agent("Dehors", &[]).await, world.app.agent("Sante", &[Role::HrHealth]).await);
    world.employ(&relay, &world.unit).await;
    let by_name = json!({ "rules": [{ "steps": [{ "by": { "any-of": [{ "person": world.hr.account }] } }] }], "from": "2026-01-05" });
    let routes = format!("/v1/units/{}/validation-routes", world.unit);
    assert_eq!(world.app.post(&world.hr, &routes, by_name).await.0, 200);
    let delegation = |to: &Agent| json!({ "to": to.account, "first": "2026-01-05", "last": "2026-01-31", "types": ["annual-leave"] });
    for other in [&outside, &health, &world.manager] {
        let refused = world.app.post(&world.hr, "/v1/delegations", delegation(other)).await;
        assert_eq!((slug(&refused), super::world::field(&refused)), ("invalid-field", "/to"), "{}", refused.1);
    }
    assert_eq!(world.app.count("DelegationGranted").await, 0);
    let leave = world.asked("2026-05-18", "2026-05-19").await;
    assert_eq!(slug(&world.approve(&relay, &leave).await), "not-allowed", "the route names another");

    let (status, granted) = world.app.post(&world.hr, "/v1/delegations", delegation(&relay)).await;
    assert_eq!(status, 201, "{granted}");
    assert_eq!(world.approve(&relay, &leave).await.1["status"], "granted");
    let recorded: String = sqlx::query_scalar(
        "SELECT convert_from(payload, 'UTF8')::jsonb -> 'LeaveApproved' -> 'decider' ->> 'capacity'
         FROM journal.event WHERE type = 'LeaveApproved'",
    )
    .fetch_one(&world.app.database.owner())
    .await
    .unwrap();
    let recorded: Value = serde_json::from_str(&recorded).unwrap();
    let named = json!({ "person": world.hr.account });
    let expected = json!({ "approver": named, "of": world.hr.account, "delegation": granted["delegation"] });
    assert_eq!(recorded["delegate"], expected);

    let act = async |by: &Agent, asked: &Value, of: &Agent| {
        let path = format!("/v1/leave-requests/{}/approve", asked["leave"].as_str().unwrap());
        world.app.post(by, &path, json!({ "agent": of.account, "step": 0 })).await
    };
    let (_, beyond) = world.ask_as(&world.agent, "rtt", "2026-05-20", "2026-05-20").await;
    assert_eq!(slug(&act(&relay, &beyond, &world.agent).await), "not-allowed", "beyond the scope");
    let (_, own) = world.ask_as(&relay, "annual-leave", "2026-05-18", "2026-05-18").await;
    assert_eq!(slug(&act(&relay, &own, &relay).await), "not-allowed", "his own");
    assert_eq!(act(&world.hr, &own, &relay).await.1["status"], "granted");
    let within = world.asked("2026-05-21", "2026-05-21").await;
    let revoke = format!("/v1/delegations/{}/revoke", granted["delegation"].as_str().unwrap());
    assert_eq!(world.app.post(&world.hr, &revoke, json!({})).await.0, 200);
    assert_eq!(slug(&world.approve(&relay, &within).await), "not-allowed", "it was taken back");
}
