//! The trail as it happens.

use crate::world::{Agent, World, at, ok, positions, refusal, until};
use events::ReadingId;
use events::account::{AccountEvent, Role};
use events::audit::{Outcome, TrailFilter};
use futures::StreamExt;
use read_api::Config;
use reqwest::RequestBuilder;
use serde_json::Value;
use std::time::Duration;

/// An open event stream, read event by event.
struct Events {
    response: reqwest::Response,
    text: String,
}

impl Events {
    async fn open(request: RequestBuilder) -> Self {
        Self { response: ok(request).await, text: String::new() }
    }

    /// The data of the next entry; none at the end. Its id must be its position.
    async fn next(&mut self) -> Option<Value> {
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n").map(|(a, b)| (a.to_owned(), b.to_owned())) {
                self.text = rest;
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                if field("event: ").as_deref() == Some("entry") {
                    let data: Value = serde_json::from_str(&field("data: ").unwrap()).unwrap();
                    assert_eq!(data["position"].to_string(), field("id: ").unwrap());
                    return Some(data);
                }
                assert_eq!(field("event: "), None, "{event}");
            }
            let chunk = tokio::time::timeout(Duration::from_secs(60), self.response.chunk()).await.unwrap();
            self.text.push_str(std::str::from_utf8(&chunk.ok()??).unwrap());
        }
    }

    async fn take(&mut self, count: usize) -> Vec<Value> {
        let mut taken = Vec::new();
        while taken.len() < count {
            taken.push(self.next().await.unwrap());
        }
        taken
    }

    /// Everything up to and with a position.
    async fn upto(&mut self, position: i64) -> Vec<Value> {
        let mut taken = Vec::new();
        while positions(&taken).last() < Some(&position) {
            taken.push(self.next().await.unwrap());
        }
        taken
    }
}

fn stream(world: &World, auditor: &Agent, reading: ReadingId) -> RequestBuilder {
    world.get(auditor, &format!("/v1/audit-readings/{reading}/stream"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_resumed_stream_loses_and_repeats_nothing() {
    resume(World::start().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_resumed_stream_loses_and_repeats_nothing_where_another_process_projects() {
    resume(World::start_apart().await).await;
}

async fn resume(world: World) {
    let world = std::sync::Arc::new(world);
    let (auditor, agent) = (world.agent(&[Role::Auditor]).await, world.agent(&[]).await);
    let (reading, declared) = world.declare(&auditor, TrailFilter::default()).await;
    let writing = tokio::spawn({
        let (world, agent) = (world.clone(), agent.id);
        async move {
            for second in 0..150 {
                world.failure(agent, second, "192.0.2.1").await;
            }
            world.refusal(agent, 150, "192.0.2.1").await
        }
    });

    let mut seen = Vec::new();
    let mut last = declared;
    for count in [1, 20, 3, 70, 40] {
        let mut events = Events::open(stream(&world, &auditor, reading).header("last-event-id", last)).await;
        seen.extend(events.take(count).await);
        last = *positions(&seen).last().unwrap();
    }
    let end = writing.await.unwrap();
    let mut events = Events::open(stream(&world, &auditor, reading).header("last-event-id", last)).await;
    seen.extend(events.upto(end).await);

    let all = world.all_entries(&auditor, reading, end).await;
    let expected: Vec<Value> = all.into_iter().filter(|entry| entry["position"].as_i64() > Some(declared)).collect();
    assert_eq!(positions(&seen), positions(&expected));
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn what_comes_meets_the_filter_as_what_is_there_does() {
    let world = World::start().await;
    let (auditor, agent) = (world.agent(&[Role::Auditor]).await, world.agent(&[]).await);
    world.failure(agent.id, 0, "192.0.2.1").await;
    let tags = world.vault.source_tags(None, None, "192.0.2.1").await.unwrap();
    let all = TrailFilter::default();
    let filters = [
        all.clone(),
        TrailFilter { agent: Some(agent.id), ..all.clone() },
        TrailFilter { actor: Some(auditor.id), ..all.clone() },
        TrailFilter { outcome: Some(Outcome::Failure), ..all.clone() },
        TrailFilter { types: vec!["LoginRefused".to_owned(), "LoginAttempted".to_owned()], ..all.clone() },
        TrailFilter { sources: Some(tags), ..all.clone() },
        TrailFilter { sources: Some(Vec::new()), ..all.clone() },
        TrailFilter { from: Some(at(3)), until: Some(at(6)), ..all.clone() },
        TrailFilter { correlation: Some(events::CorrelationId::new()), ..all.clone() },
    ];
    let mut open = Vec::new();
    for filter in filters {
        let (reading, position) = world.declare(&auditor, filter).await;
        let path = format!("/v1/audit-readings/{reading}/stream?after={position}");
        open.push((reading, position, Events::open(world.get(&auditor, &path)).await));
    }

    // From late to early, so that what is just past a bound comes before what is within.
    for second in (1..10).rev() {
        world.failure(agent.id, second, "192.0.2.1").await;
        world.refusal(auditor.id, second, "192.0.2.2").await;
    }
    let mark = world.declare(&auditor, TrailFilter::default()).await.1;

    for (reading, after, events) in &mut open {
        let all = world.all_entries(&auditor, *reading, mark).await;
        let expected: Vec<Value> = all.into_iter().filter(|entry| entry["position"].as_i64() > Some(*after)).collect();
        assert_eq!(events.take(expected.len()).await, expected);
    }
    world.stop.cancel();
    for (_, _, mut events) in open {
        assert_eq!(events.next().await, None);
    }
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_with_its_role() {
    let world = World::start().await;
    let (leaving, demoted) = (world.agent(&[Role::Auditor]).await, world.agent(&[Role::Auditor]).await);
    let mut open = Vec::new();
    for auditor in [&leaving, &demoted] {
        let (reading, _) = world.declare(auditor, TrailFilter::default()).await;
        open.push(Events::open(stream(&world, auditor, reading)).await);
    }
    world.sign_out(&leaving).await;
    world.append(demoted.id, vec![AccountEvent::RoleRevoked { role: Role::Auditor }]).await;
    for mut events in open {
        while events.next().await.is_some() {}
    }
}

#[tokio::test]
async fn what_goes_on_past_the_last_write_is_refused_by_name() {
    let world = World::start().await;
    let auditor = world.agent(&[Role::Auditor]).await;
    let (reading, last) = world.declare(&auditor, TrailFilter::default()).await;
    let path = format!("/v1/audit-readings/{reading}/stream");
    for past in [last + 1, i64::MAX] {
        for (request, field, name) in [
            (world.get(&auditor, &path).header("last-event-id", past), "header", "Last-Event-ID"),
            (world.get(&auditor, &format!("{path}?after={past}")), "query", "after"),
        ] {
            let answer = request.header("accept-language", "fr").send().await.unwrap();
            assert_eq!(answer.status(), 422, "{name} {past}");
            let error = answer.json::<Value>().await.unwrap()["errors"][0].clone();
            assert_eq!(
                (&error[field], &error["detail"]),
                (&name.into(), &"aucune écriture n’est à cette position".into())
            );
        }
    }
    Events::open(world.get(&auditor, &format!("{path}?after={last}"))).await;
}

#[tokio::test]
async fn streams_end_when_the_process_stops() {
    let world = World::start().await;
    let auditor = world.agent(&[Role::Auditor]).await;
    let (reading, _) = world.declare(&auditor, TrailFilter::default()).await;
    let mut events = Events::open(stream(&world, &auditor, reading)).await;
    world.stop.cancel();
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn past_the_last_seat_a_stream_is_refused_until_one_is_free() {
    let world = World::start_with(Config { open_streams: 1, ..Config::default() }).await;
    let auditor = world.agent(&[Role::Auditor]).await;
    let (reading, _) = world.declare(&auditor, TrailFilter::default()).await;
    let first = Events::open(stream(&world, &auditor, reading)).await;
    assert_eq!(refusal(stream(&world, &auditor, reading)).await, "unavailable");
    drop(first);
    until(async || stream(&world, &auditor, reading).send().await.unwrap().status() == 200).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_streams_are_read_for_once() {
    const STREAMS: usize = 150;
    let world = World::start().await;
    let (auditor, agent) = (world.agent(&[Role::Auditor]).await, world.agent(&[]).await);
    let filter = TrailFilter { outcome: Some(Outcome::Refused), ..TrailFilter::default() };
    let (reading, declared) = world.declare(&auditor, filter).await;
    let path = format!("/v1/audit-readings/{reading}/stream?after={declared}");
    let opening = futures::stream::iter(0..STREAMS).map(|_| Events::open(world.get(&auditor, &path)));
    let open: Vec<Events> = opening.buffer_unordered(20).collect().await;
    let scans = "SELECT coalesce(sum(seq_scan + idx_scan), 0)::bigint FROM pg_stat_user_tables
                 WHERE schemaname = 'projections' AND relname = 'audit_trail_v1'";
    let scans = async || sqlx::query_scalar::<_, i64>(scans).fetch_one(&world.database.owner()).await.unwrap();
    let before = scans().await;

    let mut last = 0;
    for second in 0..20 {
        last = world.refusal(agent.id, second, "192.0.2.1").await;
    }
    for mut events in open {
        assert_eq!(positions(&events.upto(last).await).len(), 20);
    }

    assert!(scans().await - before < STREAMS as i64 * 2, "each stream reads for itself");
}
