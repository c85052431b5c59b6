//! One dense order, whatever writers run on however many processes, and however many transactions are taken back.

use crate::process::{Person, Process, expect};
use events::Position;
use futures::StreamExt;
use journal::{Config, Reader, Recorded};
use migrations::Role;
use reqwest::StatusCode;
use serde_json::json;
use sqlx::Executor;
use test_support::Database;
use tokio::task::JoinSet;

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
    let owner = database.owner();
    let rollbacks = tokio::spawn(async move {
        for _ in 0..300 {
            let mut transaction = owner.begin().await.unwrap();
            let taken = "UPDATE journal.head SET position = position + 3, recorded_at = clock_timestamp()";
            transaction.execute(taken).await.unwrap();
            transaction.rollback().await.unwrap();
        }
    });
    writers.join_all().await;
    rollbacks.await.unwrap();
    let histories = readers.join_all().await;
    let positions: Vec<i64> = histories[0].iter().map(|event| event.position.get()).collect();
    assert_eq!(positions, (1..=positions.len() as i64).collect::<Vec<_>>(), "dense, each once, in order");
    let shortest = histories.iter().map(Vec::len).min().unwrap();
    assert!(
        histories.iter().all(|history| history[..shortest] == histories[0][..shortest]),
        "the same for each reader"
    );
}
