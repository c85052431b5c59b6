//! The audit trail under a reading: pages, exports, filters.

use crate::world::{Agent, World, json, ok, positions, refusal, until};
use events::ReadingId;
use events::account::{AccountEvent, Role};
use events::audit::{Outcome, TrailFilter};
use serde_json::Value;
use std::collections::BTreeMap;

/// Walks through a reading, and tells the position that its pages show and what they hold.
async fn walk(world: &World, auditor: &Agent, reading: ReadingId, order: &str) -> (i64, Vec<Value>) {
    let mut seen = Vec::new();
    let mut shown = None;
    let mut path = Some(format!("/v1/audit-readings/{reading}/entries?order={order}&limit=7"));
    while let Some(next) = path {
        let answer = ok(world.get(auditor, &next)).await;
        let position: i64 = answer.headers()["journal-position"].to_str().unwrap().parse().unwrap();
        assert_eq!(*shown.get_or_insert(position), position);
        let link = answer.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
        let page: Value = answer.json().await.unwrap();
        seen.extend(page["items"].as_array().unwrap().clone());
        path = page["next"].as_str().map(str::to_owned);
        assert_eq!(link, path.as_ref().map(|path| format!("<{path}>; rel=\"next\"")));
    }
    (shown.unwrap(), seen)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_are_stable_while_others_write() {
    let world = std::sync::Arc::new(World::start().await);
    let (auditor, agent) = (world.agent(&[Role::Auditor]).await, world.agent(&[]).await);
    for second in 0..40 {
        world.failure(agent.id, second, "192.0.2.1").await;
    }
    let (reading, _) = world.declare(&auditor, TrailFilter::default()).await;
    let writing = tokio::spawn({
        let (world, agent) = (world.clone(), agent.id);
        async move {
            for second in 100.. {
                world.failure(agent, second, "192.0.2.2").await;
            }
        }
    });
    let (newest, backwards) = walk(&world, &auditor, reading, "newest-first").await;
    let (oldest, forwards) = walk(&world, &auditor, reading, "oldest-first").await;
    writing.abort();
    let _ = writing.await;

    let all = world.all_entries(&auditor, reading, newest.max(oldest)).await;
    let upto =
        |position| all.iter().filter(|entry| entry["position"].as_i64() <= Some(position)).cloned().collect::<Vec<_>>();
    let reversed: Vec<Value> = backwards.into_iter().rev().collect();
    assert_eq!(positions(&reversed), positions(&upto(newest)));
    assert_eq!(reversed, upto(newest));
    assert_eq!(forwards, upto(oldest));
}

#[tokio::test]
async fn exports_hold_what_the_pages_hold() {
    let world = World::start().await;
    let (auditor, agent) = (world.agent(&[Role::Auditor]).await, world.agent(&[]).await);
    for second in 0..300 {
        world.refusal(agent.id, second, "=1+1").await;
        if second % 3 == 0 {
            world.failure(agent.id, second, "2001:db8::1").await;
        }
    }
    let (reading, position) = world.declare(&auditor, TrailFilter::default()).await;
    let entries = world.all_entries(&auditor, reading, position).await;
    assert!(entries.len() > 500);

    let (_, pages) = walk(&world, &auditor, reading, "oldest-first").await;
    assert_eq!(pages, entries);

    let path = format!("/v1/audit-readings/{reading}/entries?order=oldest-first");
    let csv = ok(world.get(&auditor, &path).header("accept", "text/csv")).await.text().await.unwrap();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    let expected: Vec<BTreeMap<String, String>> = entries.iter().map(as_cells).collect();
    assert_eq!(rows, expected);
    assert!(csv.contains("'=1+1") && csv.contains("'=contrôle annuel"));
}

/// What the CSV of an entry must say.
fn as_cells(entry: &Value) -> BTreeMap<String, String> {
    let cell = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) if text.starts_with('=') => format!("'{text}"),
        Value::String(text) => text.clone(),
        Value::Array(names) => names.iter().map(|name| name.as_str().unwrap()).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    };
    entry.as_object().unwrap().iter().map(|(name, value)| (name.clone(), cell(value))).collect()
}

#[tokio::test]
async fn a_reading_shows_what_it_covers_and_nothing_else() {
    let world = World::start().await;
    let (auditor, agent) = (world.agent(&[Role::Auditor]).await, world.agent(&[]).await);
    world.failure(agent.id, 10, "192.0.2.1").await;
    world.refusal(agent.id, 20, "192.0.2.2").await;
    world.failure(auditor.id, 30, "192.0.2.1").await;
    let types = |filter| async {
        let (reading, position) = world.declare(&auditor, filter).await;
        let entries = world.all_entries(&auditor, reading, position).await;
        entries.iter().map(|entry| entry["type"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };

    let about = TrailFilter { agent: Some(agent.id), outcome: Some(Outcome::Refused), ..TrailFilter::default() };
    assert_eq!(types(about).await, ["LoginRefused"]);
    let by_source = world.vault.source_tags(None, None, "192.0.2.1").await.unwrap();
    assert_eq!(
        types(TrailFilter { sources: Some(by_source), ..TrailFilter::default() }).await,
        ["LoginAttempted", "LoginFailed", "LoginAttempted", "LoginFailed"]
    );
    let when =
        TrailFilter { from: Some(crate::world::at(20)), until: Some(crate::world::at(30)), ..TrailFilter::default() };
    assert_eq!(types(when).await, ["LoginRefused"]);
}

#[tokio::test]
async fn a_source_is_asked_for_with_what_came_of_its_attempts() {
    let world = World::start().await;
    let (auditor, agent) = (world.agent(&[Role::Auditor]).await, world.agent(&[]).await);
    world.suspension(agent.id, 10, "192.0.2.1").await;
    world.refusal(agent.id, 20, "192.0.2.2").await;

    let sources = world.vault.source_tags(None, None, "192.0.2.1").await.unwrap();
    let (reading, position) =
        world.declare(&auditor, TrailFilter { sources: Some(sources), ..TrailFilter::default() }).await;
    let entries = world.all_entries(&auditor, reading, position).await;

    let types: Vec<_> = entries.iter().map(|entry| entry["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["LoginAttempted", "LoginFailed", "AccountSuspended"]);
    for entry in &entries {
        assert_eq!((&entry["source_address"], &entry["attempt"]), (&"192.0.2.1".into(), &entries[0]["attempt"]));
    }
}

#[tokio::test]
async fn an_erased_source_is_shown_as_such() {
    let world = World::start().await;
    let (auditor, agent) = (world.agent(&[Role::Auditor]).await, world.agent(&[]).await);
    let position = world.refusal(agent.id, 10, "192.0.2.1").await;
    let filter = TrailFilter { outcome: Some(Outcome::Refused), ..TrailFilter::default() };
    let (reading, _) = world.declare(&auditor, filter).await;
    assert_eq!(world.all_entries(&auditor, reading, position).await[0]["source_address"], "192.0.2.1");

    world.vault.destroy_subject(agent.id.as_uuid()).await.unwrap();

    until(async || world.all_entries(&auditor, reading, position).await[0]["source_address"].is_null()).await;
    let entry = world.all_entries(&auditor, reading, position).await.remove(0);
    assert_eq!(entry["erased"], serde_json::json!(["source_address"]));
    assert!(entry["source_tag"].is_string());
}

#[tokio::test]
async fn a_cursor_is_of_one_reading_and_one_order() {
    let world = World::start().await;
    let auditor = world.agent(&[Role::Auditor]).await;
    let (first, _) = world.declare(&auditor, TrailFilter::default()).await;
    let (second, position) = world.declare(&auditor, TrailFilter::default()).await;
    world.append(auditor.id, vec![AccountEvent::RoleGranted { role: Role::Hr }]).await;
    let page =
        json(world.get(&auditor, &format!("/v1/audit-readings/{first}/entries?limit=1&at_least={position}"))).await;
    let next = page["next"].as_str().unwrap();
    assert_eq!(
        refusal(world.get(&auditor, &next.replace(&first.to_string(), &second.to_string()))).await,
        "invalid-field: query cursor"
    );
    assert_eq!(
        refusal(world.get(&auditor, &format!("{next}&order=oldest-first"))).await,
        "invalid-field: query cursor"
    );
}

#[tokio::test]
async fn a_reading_has_a_picture() {
    let world = World::start().await;
    let (auditor, agent) = (world.agent(&[Role::Auditor]).await, world.agent(&[]).await);
    for second in 1..=3 {
        world.failure(agent.id, second, "192.0.2.1").await;
    }
    world.append(agent.id, vec![AccountEvent::AccountSuspended { failures: 3 }]).await;
    world.failure(events::AccountId::new(), 4, "192.0.2.1").await;
    let draw = async |filter| {
        let (reading, _) = world.declare(&auditor, filter).await;
        let answer = ok(world.get(&auditor, &format!("/v1/audit-readings/{reading}/timeline.svg"))).await;
        assert_eq!(answer.headers()["content-type"], "image/svg+xml");
        assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("style-src 'unsafe-inline'"));
        let picture = answer.text().await.unwrap();
        let parsed = roxmltree::Document::parse(&picture).unwrap();
        let words = parsed.descendants().find(|node| node.has_tag_name("desc")).unwrap();
        words.text().unwrap().to_owned()
    };

    let all = draw(TrailFilter::default()).await;
    assert!(all.contains("4 attempts at 2 names, 4 failures") && all.contains("1 suspension. elodie.muller"), "{all}");
    let none = draw(TrailFilter { types: vec!["RoleGranted".to_owned()], ..TrailFilter::default() }).await;
    assert!(none.contains("No attempt"), "{none}");
}
