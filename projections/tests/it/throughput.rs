//! Measured, not asserted: events a second while catching up, and time from commit to visible. Run it with
//! `cargo test --release -p projections -- --ignored --nocapture measured`.

use crate::given::*;
use projections::{Config, account, audit};
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

const EVENTS: usize = 200_000;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn measured() {
    let world = World::new().await;
    count_table(&world).await;
    let started = Instant::now();
    for round in 0..EVENTS / 10_000 {
        let appends = (0..100).map(|account| {
            let events = (0..100).map(|n| any_event(account + n));
            let first = (round == 0).then(|| provisioned("agent"));
            let events = first.into_iter().chain(events).take(100).collect();
            world.append(Uuid::from_u128(account as u128 + 1), events)
        });
        futures::future::join_all(appends).await;
    }
    sqlx::raw_sql("VACUUM ANALYZE journal.event").execute(&world.database.owner()).await.unwrap();
    println!("appended {EVENTS} events in {:?}", started.elapsed());
    let head = world.reader.last_position().await.unwrap();

    for projection in [counts(1, None), audit::trail::projection(), account::accounts::projection()] {
        let started = Instant::now();
        let running = world.run(std::slice::from_ref(&projection), Config::default());
        running.shows(&projection, head).await;
        let took = started.elapsed();
        running.stop().await;
        println!("{}: {:.0} events/s in {took:?}", projection.name, EVENTS as f64 / took.as_secs_f64());
        let started = Instant::now();
        projections::rebuild(&world.reader, &projection, &Config::default(), |_| {}).await.unwrap();
        let took = started.elapsed();
        println!("  rebuilt: {:.0} events/s in {took:?}", EVENTS as f64 / took.as_secs_f64());
    }

    let projections = projections::all();
    let running = world.run(&projections, Config::default());
    running.shows(&projections[1], head).await;
    running.shows(&projections[2], head).await;
    let mut visible: Vec<Duration> = Vec::new();
    for number in 0..1_000 {
        let receipt = world.append(Uuid::from_u128(number % 100 + 1), vec![any_event(number as usize)]).await;
        let committed = Instant::now();
        running.shows(&projections[1], receipt.position).await;
        visible.push(committed.elapsed());
    }
    running.stop().await;
    visible.sort();
    println!("commit to visible: p50 {:?}, p99 {:?}, max {:?}", visible[500], visible[990], visible[999]);
}
