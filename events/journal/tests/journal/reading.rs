//! Reading by position, by stream, by kind, backwards, as of a time or position.

use crate::toy::{Bench, Counted, count, count_at, metadata};
use chrono::DateTime;
use events::{DecodeError, DomainEvent, Metadata, Position, Version};
use futures::TryStreamExt;
use journal::{Direction, Grouped, Journal, Selection, StreamId};
use migrations::Role;
use std::collections::HashMap;
use uuid::Uuid;

async fn positions(journal: &Journal, selection: Selection) -> Vec<i64> {
    journal.reader().events(selection).map_ok(|event| event.position.get()).try_collect().await.unwrap()
}

fn position(number: i64) -> Position {
    Position::new(number).unwrap()
}

#[tokio::test]
async fn more_than_a_page_forwards_and_backwards() {
    let bench = Bench::new().await;
    let mut counting = tokio::task::JoinSet::new();
    let mut ids: Vec<_> = (0..64).map(|_| Uuid::now_v7()).collect();
    for id in ids.clone() {
        let journal = bench.journal.clone();
        counting.spawn(async move {
            for _ in 0..35 {
                count(&journal, id, 1).await;
            }
        });
    }
    counting.join_all().await;
    let all = 64 * 35;

    assert_eq!(positions(&bench.journal, Selection::default()).await, (1..=all).collect::<Vec<_>>());
    let backwards = Selection { direction: Direction::Backwards, ..Selection::default() };
    assert_eq!(positions(&bench.journal, backwards.clone()).await, (1..=all).rev().collect::<Vec<_>>());
    let middle = Selection { after: position(100), until: Some(position(1_200)), ..Selection::default() };
    assert_eq!(positions(&bench.journal, middle.clone()).await, (101..=1_200).collect::<Vec<_>>());
    let middle = Selection { direction: Direction::Backwards, ..middle };
    assert_eq!(positions(&bench.journal, middle).await, (101..=1_200).rev().collect::<Vec<_>>());

    // One of which there is nothing, and 40 of those of which there is: more than a page.
    ids.sort_unstable();
    ids.truncate(40);
    let events = bench.journal.reader().streams(Counted::STREAM, [ids.clone(), vec![Uuid::now_v7()]].concat());
    let read: Vec<_> = events.map_ok(|event| (event.stream_id, event.version.0)).try_collect().await.unwrap();
    let each = ids.iter().flat_map(|id| (1..=35).map(move |version| (*id, version)));
    assert_eq!(read, each.collect::<Vec<_>>());
}

#[tokio::test]
async fn a_group_goes_by_an_index_however_small_the_table_is() {
    const SQL: &str = "EXPLAIN SELECT position FROM journal.head WHERE one";
    let bench = Bench::new().await;
    let owner = bench.database.owner();
    sqlx::raw_sql("VACUUM ANALYZE journal.head").execute(&owner).await.unwrap();
    let whole: Vec<String> = sqlx::query_scalar(SQL).fetch_all(&owner).await.unwrap();
    assert!(whole[0].starts_with("Seq Scan"), "{whole:?}");

    let plans = Grouped::start(&bench.database.pool(Role::Reader), 1, |connection, _| {
        Box::pin(async move {
            let plan: Vec<String> = sqlx::query_scalar(SQL).fetch_all(connection).await?;
            Ok(HashMap::from([((), plan)]))
        })
    });

    let plan = plans.get(()).await.unwrap().unwrap();
    assert!(plan[0].starts_with("Index"), "{plan:?}");
}

#[tokio::test]
async fn by_kind_by_stream_type_and_as_of_an_instant() {
    let bench = Bench::new().await;
    let id = Uuid::now_v7();
    let second = {
        count(&bench.journal, id, 1).await;
        count(&bench.journal, id, 1).await
    };
    count(&bench.journal, Uuid::now_v7(), 1).await;

    let of = |names: &[&str], stream_type: Option<&str>| Selection {
        names: names.iter().map(ToString::to_string).collect(),
        stream_type: stream_type.map(str::to_owned),
        ..Selection::default()
    };
    assert_eq!(positions(&bench.journal, of(&["Counted"], Some("counter"))).await, [1, 2, 3]);
    assert!(positions(&bench.journal, of(&["Other"], None)).await.is_empty());
    assert!(positions(&bench.journal, of(&[], Some("other"))).await.is_empty());
    let as_of = Selection { as_of: Some(second.recorded_at), ..Selection::default() };
    let known_then = positions(&bench.journal, as_of).await;
    assert!(known_then.starts_with(&[1, 2]) && known_then.len() < 4);

    let stream: Vec<i32> = bench
        .journal
        .reader()
        .stream(StreamId::new(Counted::STREAM, id), Version(1))
        .map_ok(|event| event.version.0)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(stream, [2]);
}

#[tokio::test]
async fn a_stream_in_the_order_in_which_it_happened() {
    let bench = Bench::new().await;
    let id = Uuid::now_v7();
    for (recorded, second) in [3, 1, 2, 1].into_iter().enumerate() {
        let happened = Metadata { occurred_at: DateTime::from_timestamp(second, 0).unwrap(), ..metadata() };
        count_at(&bench.journal, happened, id, i32::try_from(recorded).unwrap()).await.unwrap();
        count(&bench.journal, Uuid::now_v7(), 1).await;
    }
    let stream = bench.journal.reader().stream_by_time(StreamId::new(Counted::STREAM, id));
    let versions: Vec<i32> = stream.map_ok(|event| event.version.0).try_collect().await.unwrap();
    assert_eq!(versions, [2, 4, 3, 1]);
}

#[tokio::test]
async fn what_a_newer_build_wrote_hinders_nobody_who_does_not_ask() {
    let bench = Bench::new().await;
    count(&bench.journal, Uuid::now_v7(), 1).await;
    sqlx::query(
        "SELECT journal.append(
             array['robot'], array[NULL]::uuid[], array['substitute'], array[now()], array[gen_random_uuid()],
             array[NULL]::uuid[], array[NULL]::bytea[], array[NULL]::text[], array[NULL]::bytea[], array[NULL]::bytea[],
             array[1], array[1],
             array[1], array['newer'], array[$1], array[0], array[1],
             array[1], array[1], array[gen_random_uuid()], array['Newer'], array[1]::smallint[], array['{}']::bytea[],
             false)",
    )
    .bind(Uuid::now_v7())
    .execute(&bench.database.pool(Role::Writer))
    .await
    .unwrap();

    let newer = bench.journal.reader().page(position(1), 10).await.unwrap().remove(0);
    assert_eq!((newer.actor(), newer.capacity()), (Err(DecodeError::UnknownActor), Err(DecodeError::UnknownCapacity)));
    assert_eq!(bench.journal.reader().verify(|_| ()).await.unwrap().violations, []);
}
