//! One dense order, whatever writers run on however many processes, and however many transactions are taken back.

use crate::process::{Person, Process, expect};
use events::Position;
use futures::StreamExt;
use journal::{Config, Reader, Recorded};
use migrations::Role;
use reqwest::StatusCode;
use serde_json::json;
use sqlx::{Executor, PgPool};
use test_support::{APPEND_ONE, Database};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

const WRITERS: usize = 64;
const EACH: usize = 3;

/// Every event from the first on, as a reader of its own follows them, until it has seen that many accounts opened.
async fn follow(database: Database, accounts: usize) -> Vec<Recorded> {
    let reader = Reader::open(database.pool(Role::Reader), &Config::default()).await.unwrap();
    let (mut events, mut seen) = (reader.subscribe(Position::START), Vec::new());
    let mut opened = 0;
    while opened < accounts {
        let event = events.next().await.unwrap().unwrap();
        opened += usize::from(event.name == "UsernameAssigned");
        seen.push(event);
    }
    seen
}

/// Appends beside the processes until they have written, so that appends overlap, and takes most of it back.
async fn append_and_take_back(owner: PgPool, written: CancellationToken) {
    for turn in 0.. {
        if written.is_cancelled() {
            return;
        }
        let mut transaction = owner.begin().await.unwrap();
        transaction.execute(APPEND_ONE).await.unwrap();
        if turn % 8 == 0 {
            transaction.commit().await.unwrap();
        } else {
            transaction.rollback().await.unwrap();
        }
    }
}

/// Seen to fail with positions from a sequence, the head row locked all the same, and with the head row read without its
/// lock.
#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_writers_in_three_processes_and_three_readers() {
    let database = Database::new().await;
    let nodes = ["write-api"; 3].map(|role| Process::start(&database, role));
    let hr = Person::with_roles(&database, &nodes[0], "Camille", "Durand", &["hr"]).await;
    let accounts = 1 + WRITERS * EACH;
    let (mut readers, mut writers) = (JoinSet::new(), JoinSet::new());
    for _ in 0..3 {
        readers.spawn(follow(database.clone(), accounts));
    }
    for writer in 0..WRITERS {
        let requests = (0..EACH).map(|turn| {
            let body = json!({ "given_name": "Jean", "family_name": format!("Dupont-{}", ["a", "b", "c"][turn]) });
            hr.post(&nodes[(writer + turn) % 3], "/v1/accounts", &body)
        });
        let requests: Vec<_> = requests.collect();
        writers.spawn(async move {
            for request in requests {
                // A name that others take in the same moment is tried again by whoever asked, and so is what came too
                // late, under the same key.
                loop {
                    let answer = request.try_clone().unwrap().send().await.unwrap();
                    match answer.status() {
                        StatusCode::CREATED => break,
                        StatusCode::CONFLICT | StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT => {
                            tokio::task::yield_now().await;
                        }
                        _ => drop(expect(Ok(answer), StatusCode::CREATED).await),
                    }
                }
            }
        });
    }
    let written = CancellationToken::new();
    let taking_back: Vec<_> =
        (0..3).map(|_| tokio::spawn(append_and_take_back(database.owner(), written.clone()))).collect();
    writers.join_all().await;
    written.cancel();
    for appender in taking_back {
        appender.await.unwrap();
    }
    let histories = readers.join_all().await;
    for history in &histories {
        let positions: Vec<i64> = history.iter().map(|event| event.position.get()).collect();
        assert_eq!(positions, (1..=positions.len() as i64).collect::<Vec<_>>(), "dense, each once, in order");
    }
    let shortest = histories.iter().map(Vec::len).min().unwrap();
    assert!(
        histories.iter().all(|history| history[..shortest] == histories[0][..shortest]),
        "the same for each reader"
    );
}
