//! One command: all or nothing, at the version it was decided on, once.

use crate::toy::{Bench, Counted, Counter, SNAPSHOTS, count, count_at, counted, metadata};
use esrs::AggregateState;
use esrs::manager::AggregateManager;
use esrs::store::EventStore;
use events::{Idempotency, Metadata, Position, Version};
use hmac::{Hmac, KeyInit, Mac};
use journal::{AppendError, Config};
use sha2::Sha256;
use sqlx::Row;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use uuid::Uuid;

#[tokio::test]
async fn a_receipt_says_where_the_events_stand() {
    let bench = Bench::new().await;
    let (one, other) = (Uuid::now_v7(), Uuid::now_v7());

    let first = count(&bench.journal, one, 1).await;
    let second = count(&bench.journal, other, 1).await;
    let third = count(&bench.journal, one, 1).await;

    assert_eq!([first.position.get(), second.position.get(), third.position.get()], [1, 2, 3]);
    assert_eq!([first.version, second.version, third.version], [Version(1), Version(1), Version(2)]);
    assert!(first.recorded_at <= second.recorded_at && second.recorded_at <= third.recorded_at);
    assert_eq!(bench.journal.head().position(), third.position);
}

#[tokio::test]
async fn of_two_who_expect_one_version_one_wins() {
    let bench = Bench::new().await;
    let (here, there) = (bench.journal.clone(), bench.another().await);
    let id = Uuid::now_v7();
    for version in 0..20 {
        let (a, b) = tokio::join!(count_at(&here, metadata(), id, version), count_at(&there, metadata(), id, version));
        let lost = [&a, &b].into_iter().filter(|one| matches!(one, Err(AppendError::Conflict))).count();
        assert_eq!(lost, 1, "{a:?} {b:?}");
    }
    assert_eq!(bench.journal.reader().last_position().await.unwrap(), Position::new(20).unwrap());
}

#[tokio::test]
async fn several_streams_are_written_together_or_not_at_all() {
    let bench = Bench::new().await;
    let (main, beside) = (Uuid::now_v7(), Uuid::now_v7());
    count(&bench.journal, beside, 1).await;

    let both = |expected| {
        let unit = bench.journal.unit::<Counter>(metadata()).also(beside, Version(expected), &[counted(2), counted(3)]);
        AggregateManager::new(Arc::new(unit.unwrap()))
    };
    let stale = both(0).handle_command(AggregateState::with_id(main), 1).await;
    assert!(matches!(stale, Err(AppendError::Conflict)));
    assert_eq!(bench.journal.reader().last_position().await.unwrap().get(), 1);

    both(1).handle_command(AggregateState::with_id(main), 1).await.unwrap().unwrap();
    assert_eq!(bench.journal.reader().last_position().await.unwrap().get(), 4);
    let unit = bench.journal.unit::<Counter>(metadata());
    assert_eq!(unit.fresh_state(beside).await.unwrap().into_inner().0, 6);
}

#[tokio::test]
async fn a_stream_named_without_events_is_only_checked() {
    let bench = Bench::new().await;
    let (main, beside) = (Uuid::now_v7(), Uuid::now_v7());
    let guarded = |expected| {
        let unit = bench.journal.unit::<Counter>(metadata()).also::<Counted>(beside, Version(expected), &[]);
        AggregateManager::new(Arc::new(unit.unwrap()))
    };
    guarded(0).handle_command(AggregateState::with_id(main), 1).await.unwrap().unwrap();
    count(&bench.journal, beside, 1).await;
    let late = guarded(0).handle_command(AggregateState::with_id(Uuid::now_v7()), 1).await;
    assert!(matches!(late, Err(AppendError::Conflict)));
}

fn keyed(key: &str, fingerprint: u8, outcome: &str) -> Metadata {
    let idempotency =
        Idempotency { key: key.parse().unwrap(), fingerprint: [fingerprint; 32], outcome: outcome.as_bytes().to_vec() };
    Metadata { idempotency: Some(idempotency), ..metadata() }
}

#[tokio::test]
async fn a_repeated_key_gets_the_first_outcome_and_appends_nothing() {
    let bench = Bench::new().await;
    let id = Uuid::now_v7();
    let first = count_at(&bench.journal, keyed(r"k\1", 1, "first"), id, 0).await.unwrap();
    count(&bench.journal, id, 1).await;

    let again = count_at(&bench.journal, keyed(r"k\1", 1, "second"), id, 2).await.unwrap();
    assert_eq!((again.position, again.version), (first.position, first.version));
    assert_eq!(again.replayed.unwrap().outcome, b"first");
    assert_eq!(bench.journal.recall(&keyed(r"k\1", 1, "")).await.unwrap().unwrap().position, first.position);
    assert_eq!(bench.journal.recall(&keyed("unheard of", 1, "")).await.unwrap(), None);

    let other = count_at(&bench.journal, keyed(r"k\1", 2, "third"), id, 2).await;
    assert!(matches!(other, Err(AppendError::KeyReused)));
    let requests = [keyed("unheard of", 1, ""), keyed(r"k\1", 1, ""), keyed(r"k\1", 2, ""), keyed(r"k\1", 3, "")];
    assert_eq!(bench.journal.first_reused(&requests).await.unwrap(), Some(2));
    assert_eq!(bench.journal.first_reused(&requests[..2]).await.unwrap(), None);
    assert_eq!(bench.journal.reader().last_position().await.unwrap().get(), 2);
}

#[tokio::test]
async fn a_key_is_bound_to_what_records_nothing_under_it_or_names_one_append() {
    let bench = Bench::new().await;
    let id = Uuid::now_v7();
    bench.journal.bind(&keyed("bound", 1, "")).await.unwrap();
    bench.journal.bind(&keyed("bound", 1, "")).await.unwrap();
    assert!(matches!(bench.journal.bind(&keyed("bound", 2, "")).await, Err(AppendError::KeyReused)));
    assert!(matches!(bench.journal.recall(&keyed("bound", 2, "")).await, Err(AppendError::KeyReused)));
    let appended = count_at(&bench.journal, keyed("bound", 2, ""), id, 0).await;
    assert!(matches!(appended, Err(AppendError::KeyReused)));

    count_at(&bench.journal, keyed("appended", 1, ""), id, 0).await.unwrap();
    assert!(matches!(bench.journal.bind(&keyed("appended", 2, "")).await, Err(AppendError::KeyReused)));
    assert_eq!(bench.journal.reader().last_position().await.unwrap().get(), 1);
    assert_eq!(bench.journal.reader().verify(|_| ()).await.unwrap().violations, []);
}

#[tokio::test]
async fn fifty_requests_with_one_key_on_two_nodes_are_one_append() {
    let bench = Bench::new().await;
    let nodes = [bench.journal.clone(), bench.another().await];
    let mut requests = tokio::task::JoinSet::new();
    for request in 0..50 {
        let journal = nodes[request % 2].clone();
        // Each on a stream of its own: only the key tells that they are one request.
        requests.spawn(async move { count_at(&journal, keyed("once", 1, "done"), Uuid::now_v7(), 0).await.unwrap() });
    }
    let receipts = requests.join_all().await;
    assert_eq!(receipts.iter().filter(|receipt| receipt.replayed.is_none()).count(), 1);
    assert!(receipts.iter().all(|receipt| receipt.position.get() == 1));
    assert_eq!(bench.journal.reader().last_position().await.unwrap().get(), 1);
}

/// A snapshot's state, with the proof that it is ours before it.
fn signed(id: Uuid, version: i32, state: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&SNAPSHOTS).unwrap();
    for part in [&b"counter\0"[..], id.as_bytes(), &1_i32.to_be_bytes(), &version.to_be_bytes(), state] {
        mac.update(part);
    }
    [&mac.finalize().into_bytes()[..], state].concat()
}

#[tokio::test]
async fn a_state_comes_from_its_snapshot_unless_the_fold_has_changed() {
    let bench = Bench::with(Config { cached_states: 0, ..Config::default() }).await;
    let id = Uuid::now_v7();
    for _ in 0..40 {
        count(&bench.journal, id, 1).await;
    }
    let owner = bench.database.owner();
    // The snapshot is kept in the background: wait for it.
    let kept = async {
        while sqlx::query("SELECT FROM journal.snapshot WHERE version = 32")
            .fetch_optional(&owner)
            .await
            .unwrap()
            .is_none()
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), kept).await.expect("a snapshot");
    let state = || async { bench.journal.unit::<Counter>(metadata()).state(id).await.unwrap() };
    let counted = || async { (state().await.inner().0, *state().await.sequence_number()) };
    let keep = async |state: Vec<u8>| {
        sqlx::query("UPDATE journal.snapshot SET state = $1").bind(state).execute(&owner).await.unwrap();
    };

    keep(signed(id, 32, b"1000")).await;
    assert_eq!(counted().await, (1_008, 40), "the snapshot is read");
    for forged in
        [b"1000".to_vec(), Vec::new(), signed(id, 31, b"1000"), signed(Uuid::nil(), 32, b"1000"), signed(id, 32, b"x")]
    {
        keep(forged).await;
        assert_eq!(counted().await, (40, 40), "one that is not ours is not read");
    }
    keep(signed(id, 32, b"1000")).await;
    sqlx::query("UPDATE journal.snapshot SET fold = fold - 1").execute(&owner).await.unwrap();
    assert_eq!(counted().await, (40, 40), "of another fold, it is not read");
    sqlx::query("DELETE FROM journal.snapshot").execute(&owner).await.unwrap();
    assert_eq!(state().await.inner().0, 40, "it can be thrown away");
}

#[tokio::test]
async fn an_append_survives_the_end_of_its_connection() {
    let bench = Bench::new().await;
    let owner = bench.database.owner();
    let writers = 16;
    let mut counting = tokio::task::JoinSet::new();
    for _ in 0..writers {
        let journal = bench.journal.clone();
        counting.spawn(async move {
            let id = Uuid::now_v7();
            for _ in 0..50 {
                count(&journal, id, 1).await;
            }
            id
        });
    }
    let (journal, cut) = (bench.journal.clone(), Arc::new(AtomicUsize::new(0)));
    let cuts = Arc::clone(&cut);
    let cutting = tokio::spawn(async move {
        loop {
            let ended = sqlx::query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE datname = current_database() AND query LIKE '%journal.append%' AND pid <> pg_backend_pid()",
            )
            .fetch_all(&owner)
            .await
            .unwrap();
            cuts.fetch_add(ended.len(), Ordering::Relaxed);
            let head = journal.head().position();
            journal.head().past(head).await;
        }
    });
    for id in counting.join_all().await {
        let unit = bench.journal.unit::<Counter>(metadata());
        assert_eq!(unit.fresh_state(id).await.unwrap().into_inner().0, 50, "nothing lost, nothing twice");
    }
    cutting.abort();
    assert_ne!(cut.load(Ordering::Relaxed), 0, "connections were cut");
    assert_eq!(bench.journal.reader().last_position().await.unwrap().get(), writers * 50);
}

#[tokio::test]
async fn what_was_queued_is_answered_before_the_journal_closes() {
    let bench = Bench::new().await;
    let mut counting = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let journal = bench.journal.clone();
        counting.spawn(async move { count(&journal, Uuid::now_v7(), 1).await });
    }
    let reader = bench.journal.reader().clone();
    let receipts = counting.join_all().await;
    bench.journal.close().await;
    let last = receipts.iter().map(|receipt| receipt.position).max();
    assert_eq!(Some(reader.last_position().await.unwrap()), last);
}

#[tokio::test]
async fn nothing_is_deleted_through_esrs() {
    let bench = Bench::new().await;
    let unit = bench.journal.unit::<Counter>(metadata());
    assert!(matches!(unit.delete(Uuid::now_v7()).await, Err(AppendError::AppendOnly)));
}

#[tokio::test]
async fn metadata_is_recorded_with_each_event() {
    let bench = Bench::new().await;
    let metadata = Metadata { trace: Some([7; 16]), ..keyed("k", 1, "{}") };
    count_at(&bench.journal, metadata.clone(), Uuid::now_v7(), 0).await.unwrap();

    let event = bench.journal.reader().page(Position::START, 10).await.unwrap().remove(0);
    assert_eq!((event.actor(), event.capacity()), (Ok(metadata.actor), Ok(metadata.capacity)));
    assert_eq!((event.correlation, event.causation), (metadata.correlation, None));
    assert_eq!((event.occurred_at, event.trace.clone()), (metadata.occurred_at, Some(vec![7; 16])));
    assert_eq!(event.idempotency_key.as_deref(), Some("k"));
    assert_eq!(event.id.as_uuid().get_version_num(), 7);
    assert_eq!(event.decode::<Counted>().unwrap(), counted(1));
    let kept: Vec<u8> =
        sqlx::query("SELECT payload FROM journal.event").fetch_one(&bench.database.owner()).await.unwrap().get(0);
    assert_eq!(kept, serde_json::to_vec(&counted(1)).unwrap());
}
