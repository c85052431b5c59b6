//! One total, dense order, for every reader, whoever writes.

use crate::toy::{Bench, Counter, count, metadata};
use events::Position;
use futures::StreamExt;
use journal::{Journal, Recorded};
use sqlx::{Executor, PgConnection};
use test_support::{APPEND_LONE, APPEND_ONE};
use tokio::task::JoinSet;
use uuid::Uuid;

const WRITERS: i64 = 64;
const EACH: i64 = 25;

/// Follows the journal from its first event to the `last`th.
async fn follow(journal: Journal, last: i64) -> Vec<Recorded> {
    let mut events = journal.reader().subscribe(Position::START);
    let mut seen = Vec::new();
    while (seen.len() as i64) < last {
        seen.push(events.next().await.expect("a subscription has no end").expect("an event"));
    }
    seen
}

/// Seen to fail with positions from a sequence, the head row locked all the same, and with the head row read without its
/// lock.
#[tokio::test(flavor = "multi_thread")]
async fn every_reader_sees_every_event_once_and_in_one_dense_order() {
    let bench = Bench::new().await;
    let nodes = [bench.journal.clone(), bench.another().await, bench.another().await];
    let streams: Vec<Uuid> = (0..100).map(|_| Uuid::now_v7()).collect();
    let (mut readers, mut writers) = (JoinSet::new(), JoinSet::new());
    for node in &nodes {
        readers.spawn(follow(node.clone(), WRITERS * EACH));
    }
    for writer in 0..WRITERS {
        let journal = nodes[writer as usize % nodes.len()].clone();
        let streams = streams.clone();
        writers.spawn(async move {
            for turn in 0..EACH {
                count(&journal, streams[((writer * 31 + turn * 17) % 100) as usize], 1).await;
            }
        });
    }
    // Appends that take positions and give them back.
    let owner = bench.database.owner();
    let rollbacks = tokio::spawn(async move {
        for _ in 0..200 {
            let mut transaction = owner.begin().await.unwrap();
            transaction.execute(APPEND_ONE).await.unwrap();
            transaction.rollback().await.unwrap();
        }
    });

    writers.join_all().await;
    rollbacks.await.unwrap();
    let histories = readers.join_all().await;
    let positions: Vec<i64> = histories[0].iter().map(|event| event.position.get()).collect();
    assert_eq!(positions, (1..=WRITERS * EACH).collect::<Vec<_>>());
    assert!(histories.iter().all(|history| *history == histories[0]));
    let verified = bench.journal.reader().verify(|_| ()).await.unwrap();
    assert_eq!((verified.violations, verified.events as i64), (vec![], WRITERS * EACH));
}

#[tokio::test]
async fn another_process_is_heard_of_without_being_asked() {
    let bench = Bench::new().await;
    let there = bench.another().await;
    let mut head = bench.journal.head();
    let waiting = tokio::spawn(async move { head.past(Position::START).await });
    let receipt = count(&there, Uuid::now_v7(), 1).await;
    assert_eq!(waiting.await.unwrap(), receipt.position);
}

#[tokio::test]
async fn a_state_that_another_process_changed_is_decided_on_again() {
    let bench = Bench::new().await;
    let there = bench.another().await;
    let id = Uuid::now_v7();
    for _ in 0..10 {
        count(&bench.journal, id, 1).await;
        count(&there, id, 1).await;
    }
    let unit = bench.journal.unit::<Counter>(metadata());
    assert_eq!(unit.fresh_state(id).await.unwrap().into_inner().0, 20);
}

/// How often pages of the head row's table were looked at, as PostgreSQL counts it.
async fn looks_at_head(connection: &mut PgConnection) -> i64 {
    const SQL: &str =
        "SELECT heap_blks_hit + heap_blks_read FROM pg_statio_user_tables WHERE relid = 'journal.head'::regclass";
    connection.execute("SELECT pg_stat_force_next_flush()").await.unwrap();
    sqlx::query_scalar(SQL).fetch_one(connection).await.unwrap()
}

/// Seen to fail where the append looks for the head row in the whole table.
#[tokio::test]
async fn an_old_snapshot_that_keeps_every_version_of_the_head_row_does_not_slow_an_append_down() {
    let bench = Bench::new().await;
    let owner = bench.database.owner();
    let mut old = owner.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ").await.unwrap();
    old.execute("SELECT FROM journal.head").await.unwrap();
    let mut connection = owner.acquire().await.unwrap();
    for _ in 0..500 {
        connection.execute(APPEND_ONE).await.unwrap();
        connection.execute(APPEND_LONE).await.unwrap();
    }
    let size = "SELECT pg_relation_size('journal.head') / current_setting('block_size')::int";
    let pages: i64 = sqlx::query_scalar(size).fetch_one(&mut *connection).await.unwrap();
    assert!(pages > 20, "{pages} pages");
    for append in [APPEND_ONE, APPEND_LONE] {
        let before = looks_at_head(&mut connection).await;
        connection.execute(append).await.unwrap();
        let looks = looks_at_head(&mut connection).await - before;
        assert!((1..10).contains(&looks), "{looks} looks at {pages} pages");
    }
    old.rollback().await.unwrap();
}
