//! Reads at a position: one's own writes at once, or a clear word of how far behind.

use crate::world::{World, json, ok, refusal};
use events::account::{AccountEvent, Role};
use serde_json::Value;

#[tokio::test]
async fn what_was_just_written_is_read() {
    read_own_writes(World::start().await).await;
}

#[tokio::test]
async fn what_was_just_written_is_read_where_another_process_projects() {
    read_own_writes(World::start_apart().await).await;
}

async fn read_own_writes(world: World) {
    let agent = world.agent(&[]).await;
    for round in 1..=25 {
        let event = AccountEvent::AccountSuspended { failures: round };
        let position = world.append(agent.id, vec![event]).await;
        let answer = ok(world.get(&agent, "/v1/me").header("at-least-position", position)).await;
        let shown: i64 = answer.headers()["journal-position"].to_str().unwrap().parse().unwrap();
        assert!(shown >= position);
        assert_eq!(answer.json::<Value>().await.unwrap()["failures"], round);
    }
}

#[tokio::test]
async fn a_role_counts_at_the_position_of_its_granting() {
    let world = World::start().await;
    let agent = world.agent(&[]).await;
    for (event, status) in [
        (AccountEvent::RoleGranted { role: Role::Hr }, 200),
        (AccountEvent::RoleRevoked { role: Role::Hr }, 403),
        (AccountEvent::RoleGranted { role: Role::Administrator }, 200),
    ] {
        let position = world.append(agent.id, vec![event]).await;
        let answer = world.get(&agent, &format!("/v1/accounts?at_least={position}")).send().await.unwrap();
        assert_eq!(answer.status(), status);
    }
}

#[tokio::test]
async fn a_reading_is_there_as_soon_as_it_is_declared() {
    let world = World::start().await;
    let auditor = world.agent(&[Role::Auditor]).await;
    for _ in 0..20 {
        let (reading, position) = world.declare(&auditor, Default::default()).await;
        let shown = json(world.get(&auditor, &format!("/v1/audit-readings/{reading}"))).await;
        assert_eq!(shown["position"], position);
        assert_eq!(shown["motive"], "=contrôle annuel");
        let entries = json(world.get(&auditor, &format!("/v1/audit-readings/{reading}/entries?limit=1"))).await;
        assert!(entries["items"][0]["position"].as_i64().unwrap() >= position);
    }
}

#[tokio::test]
async fn one_that_is_behind_says_where_it_is() {
    let world = World::start().await;
    let agent = world.agent(&[Role::Auditor, Role::Administrator]).await;
    let (reading, before) = world.declare(&agent, Default::default()).await;
    ok(world.get(&agent, &format!("/v1/audit-readings/{reading}"))).await;
    world.stop_projecting();
    let position = world.append(agent.id, vec![AccountEvent::AccountSuspended { failures: 3 }]).await;
    for path in [
        "/v1/me".to_owned(),
        "/v1/me/security-history".to_owned(),
        "/v1/accounts".to_owned(),
        format!("/v1/accounts/{}", agent.id),
        format!("/v1/audit-readings/{reading}"),
        format!("/v1/audit-readings/{reading}/entries"),
        format!("/v1/audit-readings/{reading}/stream"),
    ] {
        let request = world.get(&agent, &path).header("at-least-position", position).header("prefer", "wait=0");
        let late = request.send().await.unwrap();
        assert_eq!((late.status().as_u16(), late.headers()["retry-after"].to_str().unwrap()), (503, "1"), "{path}");
        let body: Value = late.json().await.unwrap();
        assert_eq!((&body["type"], body["asked"].as_i64()), (&"/problems/behind".into(), Some(position)), "{path}");
        assert_eq!(body["position"].as_i64(), Some(before), "{path}");
        ok(world.get(&agent, &path)).await;
    }
    let (undeclared, _) = world.declare(&agent, Default::default()).await;
    let path = format!("/v1/audit-readings/{undeclared}");
    assert_eq!(refusal(world.get(&agent, &path).header("prefer", "wait=0")).await, "behind");
}

#[tokio::test]
async fn what_a_crash_took_from_a_read_model_is_waited_for_again() {
    let world = World::start_apart().await;
    let agent = world.agent(&[]).await;
    let position = world.append(agent.id, vec![AccountEvent::AccountSuspended { failures: 1 }]).await;
    let me = || world.get(&agent, "/v1/me").header("at-least-position", position);
    ok(me()).await;
    world.stop_projecting();
    // The commits of read models are not waited for: a server that crashes gives an earlier state back.
    let lost = "WITH moved AS (UPDATE projections.projection SET position = position - 1 WHERE name = 'accounts_v1')
                UPDATE projections.accounts_v1 SET suspended_since = NULL, failures = 0, position = position - 1";
    sqlx::raw_sql(lost).execute(&world.database.owner()).await.unwrap();
    assert_eq!(refusal(me().header("prefer", "wait=0")).await, "behind");
}

#[tokio::test]
async fn a_walk_through_the_trail_goes_on_once_what_it_began_with_is_there_again() {
    let world = World::start_apart().await;
    let auditor = world.agent(&[Role::Auditor]).await;
    let (reading, _) = world.declare(&auditor, Default::default()).await;
    let position = world.append(auditor.id, vec![AccountEvent::AccountSuspended { failures: 1 }]).await;
    let first = format!("/v1/audit-readings/{reading}/entries?limit=1&order=oldest-first&at_least={position}");
    let page = json(world.get(&auditor, &first)).await;
    let next = || world.get(&auditor, page["next"].as_str().unwrap()).header("prefer", "wait=0");
    let shown = ok(next()).await.headers()["journal-position"].to_str().unwrap().parse();
    assert_eq!(shown, Ok(position));
    world.stop_projecting();
    let lost = "UPDATE projections.projection SET position = position - 1 WHERE name = 'audit_trail_v1';
                DELETE FROM projections.audit_trail_v1 WHERE position = (SELECT max(position) FROM projections.audit_trail_v1)";
    sqlx::raw_sql(lost).execute(&world.database.owner()).await.unwrap();
    assert_eq!(refusal(next()).await, "behind");
}
