//! One's own account, the overview, and an account as it was.

use crate::world::{World, at, json, ok, positions, refusal, until};
use events::AttemptId;
use events::account::{AccountEvent, Role};
use serde_json::json;

#[tokio::test]
async fn my_account_is_shown_with_its_names_opened() {
    let world = World::start().await;
    let agent = world.agent(&[Role::Manager]).await;

    let me = json(world.get(&agent, "/v1/me")).await;

    assert_eq!(me["username"], "elodie.muller");
    assert_eq!((&me["given_name"], &me["family_name"]), (&json!("Élodie"), &json!("Müller")));
    assert_eq!((&me["status"], &me["roles"]), (&json!("active"), &json!(["agent", "manager"])));
    assert_eq!((&me["staff_number"], &me["erased"]), (&json!(null), &json!([])));
}

#[tokio::test]
async fn what_was_erased_is_told_and_has_another_tag() {
    let world = World::start().await;
    let agent = world.agent(&[]).await;
    let before = ok(world.get(&agent, "/v1/me")).await.headers()["etag"].clone();

    world.vault.destroy_subject(agent.id.as_uuid()).await.unwrap();

    let asked = || world.get(&agent, "/v1/me").header("if-none-match", &before);
    until(async || asked().send().await.unwrap().status() != 304).await;
    let answer = ok(asked()).await;
    assert_eq!(
        answer.json::<serde_json::Value>().await.unwrap()["erased"],
        json!(["username", "given_name", "family_name"])
    );
}

#[tokio::test]
async fn a_known_version_is_not_sent_again_until_it_changes() {
    let world = World::start().await;
    let agent = world.agent(&[]).await;
    let first = ok(world.get(&agent, "/v1/me")).await;
    let tag = first.headers()["etag"].clone();
    assert_eq!(first.headers()["cache-control"], "private, no-cache");

    let again = world.get(&agent, "/v1/me").header("if-none-match", &tag).send().await.unwrap();
    assert_eq!((again.status().as_u16(), &again.headers()["etag"]), (304, &tag));
    assert!(again.headers().contains_key("journal-position"));

    let position = world.append(agent.id, vec![AccountEvent::RoleGranted { role: Role::Manager }]).await;
    ok(world.get(&agent, &format!("/v1/me?at_least={position}")).header("if-none-match", tag)).await;
}

#[tokio::test]
async fn who_has_his_account_already_is_told_so_without_its_row_being_read() {
    let world = World::start().await;
    let agent = world.agent(&[]).await;
    let tag = ok(world.get(&agent, "/v1/me")).await.headers()["etag"].clone();

    of_projector(&world, "UPDATE projections.accounts_v1 SET username = '{}'").await;

    let asked = || world.get(&agent, "/v1/me");
    assert_eq!(asked().header("if-none-match", tag).send().await.unwrap().status(), 304);
    assert_eq!(asked().send().await.unwrap().status(), 500, "a row that is read is one that opens");
}

#[tokio::test]
async fn a_rebuild_that_gives_another_row_at_the_same_position_gives_another_tag() {
    let world = World::start().await;
    let agent = world.agent(&[]).await;
    let tag = ok(world.get(&agent, "/v1/me")).await.headers()["etag"].clone();

    let rebuilt = "CREATE TABLE projections_shadow.accounts_v1 AS TABLE projections.accounts_v1;
                   UPDATE projections_shadow.accounts_v1 SET failures = 2;
                   DROP TABLE projections.accounts_v1;
                   ALTER TABLE projections_shadow.accounts_v1 SET SCHEMA projections";
    of_projector(&world, rebuilt).await;

    let answer = ok(world.get(&agent, "/v1/me").header("if-none-match", tag)).await;
    assert_eq!(answer.json::<serde_json::Value>().await.unwrap()["failures"], 2);
}

async fn of_projector(world: &World, sql: &'static str) {
    sqlx::raw_sql(sql).execute(&world.database.pool(migrations::Role::Projector)).await.unwrap();
}

#[tokio::test]
async fn the_overview_has_every_account_once_and_filters() {
    let world = World::start().await;
    let hr = world.agent(&[Role::Hr]).await;
    let mut ids = vec![hr.id.to_string()];
    for _ in 0..6 {
        ids.push(world.agent(&[]).await.id.to_string());
    }
    let suspended = world.agent(&[Role::Manager]).await;
    ids.push(suspended.id.to_string());
    let position = world.append(suspended.id, vec![AccountEvent::AccountSuspended { failures: 3 }]).await;

    let mut seen = Vec::new();
    let mut path = Some(format!("/v1/accounts?limit=3&at_least={position}"));
    while let Some(next) = path {
        let page = json(world.get(&hr, &next)).await;
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["account"].as_str().unwrap().to_owned()));
        path = page["next"].as_str().map(str::to_owned);
    }
    assert_eq!(seen, ids);

    for filter in ["status=suspended", "role=manager", "status=suspended&role=manager"] {
        let page = json(world.get(&hr, &format!("/v1/accounts?{filter}"))).await;
        assert_eq!(page["items"].as_array().unwrap().len(), 1, "{filter}");
        assert_eq!(page["items"][0]["account"], suspended.id.to_string());
    }
    let shown = json(world.get(&hr, &format!("/v1/accounts/{}", suspended.id))).await;
    assert_eq!(shown["status"], "suspended");
}

#[tokio::test]
async fn an_account_is_shown_as_it_was() {
    let world = World::start().await;
    let auditor = world.agent(&[Role::Auditor]).await;
    let agent = world.agent(&[]).await;
    let before = world.failure(agent.id, 10, "192.0.2.1").await;
    let suspended = AccountEvent::AccountSuspended { failures: 3 };
    let position = world.append_as(crate::world::stranger(20), agent.id.as_uuid(), vec![suspended]).await;
    let path = format!("/v1/accounts/{}/state", agent.id);
    let state = async |query: String| {
        let state = json(world.get(&auditor, &format!("{path}?{query}"))).await;
        (
            state["status"].as_str().unwrap().to_owned(),
            state["failures"].as_i64().unwrap(),
            state["events"].as_i64().unwrap(),
        )
    };

    assert_eq!(state(format!("position={before}")).await, ("active".to_owned(), 1, 4));
    assert_eq!(state(format!("position={position}")).await, ("suspended".to_owned(), 3, 5));
    assert_eq!(state(format!("at={}", at(19).to_rfc3339_opts(chrono::SecondsFormat::Secs, true))).await.0, "active");
    assert_eq!(state(format!("at={}", at(20).to_rfc3339_opts(chrono::SecondsFormat::Secs, true))).await.0, "suspended");
    for (query, parameter) in [
        (format!("position={}", position + 1), "position"),
        (format!("position={}", i64::MAX), "position"),
        ("at=9999-12-31T23:59:59Z".to_owned(), "at"),
    ] {
        let refused = refusal(world.get(&auditor, &format!("{path}?{query}"))).await;
        assert_eq!(refused, format!("invalid-field: query {parameter}"), "{query}");
    }
    assert_eq!(state(format!("at_least={position}")).await.2, 5);
    assert_eq!(refusal(world.get(&auditor, &format!("{path}?position=0"))).await, "not-found");
    assert_eq!(
        refusal(world.get(&auditor, &format!("{path}?position=1&at=2026-01-01T00:00:00Z"))).await,
        "invalid-field: query position"
    );

    let past = format!("{path}?position={before}");
    let tag = ok(world.get(&auditor, &past)).await.headers()["etag"].clone();
    world.failure(agent.id, 30, "192.0.2.1").await;
    assert_eq!(world.get(&auditor, &past).header("if-none-match", tag).send().await.unwrap().status(), 304);
}

#[tokio::test]
async fn what_was_imported_of_before_an_account_was_opened_makes_it_no_account_of_then() {
    let world = World::start().await;
    let auditor = world.agent(&[Role::Auditor]).await;
    let agent = world.agent(&[]).await;
    world.failure(agent.id, -3_600, "192.0.2.1").await;
    let state = async |id: uuid::Uuid, second: i64| {
        let at = at(second).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        let state = json(world.get(&auditor, &format!("/v1/accounts/{id}/state?at={at}"))).await;
        (state["known"].clone(), state["status"].clone(), state["provisioned_at"].is_null(), state["failures"].clone())
    };

    let id = agent.id.as_uuid();
    assert_eq!(state(id, -3_000).await, (json!(true), json!("not-provisioned"), true, json!(1)));
    assert_eq!(state(id, 3_000).await, (json!(true), json!("active"), false, json!(1)));
    let name = events::AccountId::new();
    world.failure(name, 0, "192.0.2.1").await;
    assert_eq!(state(name.as_uuid(), 0).await, (json!(false), json!("not-provisioned"), true, json!(1)));
}

#[tokio::test]
async fn my_history_is_mine_newest_first_and_names_nobody_else() {
    let world = World::start().await;
    let (agent, other, auditor) = (world.agent(&[]).await, world.agent(&[]).await, world.agent(&[Role::Auditor]).await);
    for second in 0..5 {
        world.failure(agent.id, second, "192.0.2.1").await;
        world.failure(other.id, second, "192.0.2.2").await;
    }
    let filter = events::audit::TrailFilter { agent: Some(agent.id), ..Default::default() };
    world.declare(&auditor, filter).await;
    let attempt = AttemptId::new();
    let position = world.append(agent.id, vec![AccountEvent::LoginSucceeded { attempt, session: None }]).await;

    let mut seen = Vec::new();
    let mut path = Some(format!("/v1/me/security-history?limit=4&at_least={position}"));
    while let Some(next) = path {
        let page = json(world.get(&agent, &next)).await;
        seen.extend(page["items"].as_array().unwrap().clone());
        path = page["next"].as_str().map(str::to_owned);
    }

    assert_eq!(seen.len(), 13);
    assert!(positions(&seen).is_sorted_by(|a, b| a > b));
    assert_eq!(seen[0]["type"], "LoginSucceeded");
    assert!(seen.iter().all(|entry| entry["type"] != "AuditTrailRead" && entry.get("actor_id").is_none()));
    let addresses: Vec<_> = seen.iter().filter_map(|entry| entry["source_address"].as_str()).collect();
    assert_eq!(addresses, ["192.0.2.1"; 10], "attempts and what came of them");
}
