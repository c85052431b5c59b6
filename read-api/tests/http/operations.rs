//! Health, and where projections stand.

use crate::world::{World, json, ok, refusal};
use events::account::{AccountEvent, Role};
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[tokio::test]
async fn the_standing_of_each_projection_is_told() {
    let world = World::start().await;
    let auditor = world.agent(&[Role::Auditor]).await;
    let (reading, position) = world.declare(&auditor, Default::default()).await;
    ok(world.get(&auditor, &format!("/v1/audit-readings/{reading}"))).await;
    ok(world.get(&auditor, &format!("/v1/me?at_least={position}"))).await;

    let page = json(world.get(&auditor, "/v1/projections")).await;
    let names: BTreeSet<_> = page["items"].as_array().unwrap().iter().map(|item| item["projection"].as_str()).collect();
    let all = projections::all();
    assert_eq!(names, all.iter().map(|projection| Some(projection.name)).collect());
    let accounts = of_accounts(&page);
    assert_eq!((&accounts["state"], &accounts["position"]), (&json!("current"), &json!(position)));

    world.stop_projecting();
    let position = world.append(auditor.id, vec![AccountEvent::RoleGranted { role: Role::Hr }]).await;
    let page = json(world.get(&auditor, "/v1/projections")).await;
    let accounts = of_accounts(&page);
    assert_eq!(accounts["head"], position);
    assert_eq!((&accounts["state"], &accounts["events_behind"]), (&json!("following"), &json!(1)));
}

#[tokio::test]
async fn a_rebuild_is_told_of_while_somebody_is_at_it() {
    let world = World::start().await;
    let auditor = world.agent(&[Role::Auditor]).await;
    world.stop_projecting();
    let rebuild = async |lapses: &'static str, halted: bool| {
        let rebuild = "INSERT INTO projections.projection (name, place, fold, begun_at, lease_until, failed_position,
                           failed_event, failed_stream_type, failed_stream, failed_at, failure)
                       SELECT 'accounts_v1', 'projections_shadow', 1, 0, now() + $1::text::interval, failed.*
                       FROM (SELECT 1, gen_random_uuid(), 'account', gen_random_uuid(), now(), 'x' WHERE $2
                             UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL WHERE NOT $2) failed
                       ON CONFLICT (name, place) DO UPDATE SET lease_until = excluded.lease_until,
                           failed_position = excluded.failed_position, failed_event = excluded.failed_event,
                           failed_stream_type = excluded.failed_stream_type, failed_stream = excluded.failed_stream,
                           failed_at = excluded.failed_at, failure = excluded.failure";
        sqlx::query(rebuild).bind(lapses).bind(halted).execute(&world.database.owner()).await.unwrap();
        let page = json(world.get(&auditor, "/v1/projections")).await;
        of_accounts(&page)["state"].clone()
    };
    assert_eq!(rebuild("1 hour", false).await, "rebuilding");
    assert_eq!(rebuild("1 hour", true).await, "current", "it has halted");
    assert_eq!(rebuild("-1 hour", false).await, "current", "who was at it died");
}

fn of_accounts(page: &Value) -> &Value {
    page["items"].as_array().unwrap().iter().find(|item| item["projection"] == "accounts_v1").unwrap()
}

#[tokio::test]
async fn a_process_is_ready_while_the_database_answers_and_its_projections_follow() {
    let world = World::start().await;
    world.agent(&[]).await;
    assert_eq!(json(world.get_as_stranger("/health/live")).await, json!({"status": "live"}));
    assert_eq!(json(world.get_as_stranger("/health/ready")).await["status"], "ready");

    let halt = "UPDATE projections.projection SET failed_position = position + 1, failed_event = gen_random_uuid(),
                failed_stream_type = 'account', failed_stream = gen_random_uuid(), failed_at = now(), failure = 'x'
                WHERE name = 'accounts_v1'";
    sqlx::raw_sql(halt).execute(&world.database.owner()).await.unwrap();
    let ready = json(world.get_as_stranger("/health/ready")).await;
    assert_eq!(ready["projections"]["accounts_v1"], "halted");
}

#[tokio::test]
async fn nobody_is_ready_while_the_database_does_not_answer() {
    let world = World::start().await;
    let mut held = world.database.owner().begin().await.unwrap();
    sqlx::raw_sql("LOCK TABLE projections.projection").execute(&mut *held).await.unwrap();
    let asked = std::time::Instant::now();
    let refused = refusal(world.get_as_stranger("/health/ready")).await;
    assert_eq!(refused, "unavailable");
    assert!(asked.elapsed() < read_api::READY_WITHIN * 4, "{:?}", asked.elapsed());
}

#[test]
fn the_document_describes_every_operation() {
    let doc = read_api::openapi();
    for (path, item) in &doc.paths.paths {
        let operation = item.get.as_ref().unwrap();
        assert!(operation.responses.responses.contains_key("200"), "{path}");
        assert!(operation.summary.is_some(), "{path}");
        // A feed is opened by the secret in its address.
        let open = !path.starts_with("/v1/") || path == "/v1/calendar-feeds/{token}";
        assert_eq!(operation.security.is_none(), open, "{path}");
    }
}
