//! Exactly once, led by one, taken over.

use crate::given::*;
use projections::{Activity, Behind, Config, standings};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn a_projector_killed_anywhere_folds_each_event_once() {
    let world = World::new().await;
    count_table(&world).await;
    let projections = [counts(1, None)];
    let accounts: Vec<Uuid> = (0..20).map(|_| Uuid::new_v4()).collect();
    for number in 0..60 {
        let events = (0..20).map(|n| any_event(number + n)).collect();
        world.append(accounts[number % 20], events).await;
    }
    let head = world.reader.last_position().await.unwrap();

    let config = Config { batch: 16, lease_ms: 30 };
    let mut numbers = Numbers(1);
    let mut killed = 0;
    loop {
        let running = world.run(&projections, config.clone());
        let life = Instant::now() + Duration::from_micros(500 + numbers.next(40_000));
        let done = running.positions.wait("counts_v1", head, life).await;
        running.kill().await;
        if done.is_ok() {
            break;
        }
        killed += 1;
    }

    assert!(killed > 3, "killed {killed} times only");
    assert_eq!(counted(&world).await, recorded(&world).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_projectors_that_fight_for_one_projection_fold_each_event_once() {
    let world = World::new().await;
    count_table(&world).await;
    let projections = [counts(1, None)];
    let config = Config { batch: 4, lease_ms: 30 };
    let fighting: Vec<_> = (0..3).map(|_| world.run(&projections, config.clone())).collect();
    let account = Uuid::new_v4();

    for number in 0..100 {
        let receipt = world.append(account, vec![any_event(number), any_event(number + 1)]).await;
        if number % 10 == 0 {
            until(|| async { standings(world.reader.pool()).await.unwrap()[0].position >= receipt.position }).await;
        }
    }

    let head = world.reader.last_position().await.unwrap();
    until(|| async { standings(world.reader.pool()).await.unwrap()[0].position == head }).await;
    assert_eq!(counted(&world).await, recorded(&world).await);
    for running in fighting {
        running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_hangs_in_its_batch_is_taken_over_and_its_late_commit_fails() {
    let world = World::new().await;
    count_table(&world).await;
    let gate = Arc::new(Semaphore::new(0));
    let hanging = world.run(&[counts(1, Some(Arc::clone(&gate)))], Config::default());
    let receipt = world.append(Uuid::new_v4(), vec![any_event(0)]).await;
    until(|| async {
        let idle: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND state = 'idle in transaction'",
        )
        .fetch_one(&world.database.owner())
        .await
        .unwrap();
        idle == 1
    })
    .await;

    let second = counts(1, None);
    let hung_at = Instant::now();
    let standing_by = world.run(std::slice::from_ref(&second), Config::default());
    standing_by.shows(&second, receipt.position).await;

    assert!(hung_at.elapsed() < Duration::from_secs(5), "taken over after {:?}", hung_at.elapsed());
    gate.add_permits(100);
    let receipt = world.append(Uuid::new_v4(), vec![any_event(1)]).await;
    standing_by.shows(&second, receipt.position).await;
    assert_eq!(counted(&world).await, recorded(&world).await);
    hanging.stop().await;
    standing_by.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_whose_epoch_is_over_writes_nothing() {
    let world = World::new().await;
    count_table(&world).await;
    let projections = [counts(1, None)];
    let running = world.run(&projections, quick());
    let first = world.append(Uuid::new_v4(), vec![any_event(0)]).await;
    running.shows(&projections[0], first.position).await;

    // Another one has taken the lease, and has not moved yet.
    sqlx::query(
        "UPDATE projections.projection SET lease_epoch = lease_epoch + 1, lease_owner = gen_random_uuid(),
             lease_until = clock_timestamp() + interval '30 seconds'",
    )
    .execute(world.reader.pool())
    .await
    .unwrap();
    let second = world.append(Uuid::new_v4(), vec![any_event(1)]).await;

    let life = Instant::now() + Duration::from_secs(1);
    let waited = running.positions.wait("counts_v1", second.position, life).await;
    assert_eq!(waited, Err(Behind { at: first.position }));
    assert_eq!(counted(&world).await.len(), 1);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_dies_is_taken_over_within_five_seconds() {
    let world = World::new().await;
    count_table(&world).await;
    let projections = [counts(1, None)];
    let leader = world.run(&projections, Config::default());
    let receipt = world.append(Uuid::new_v4(), vec![any_event(0)]).await;
    leader.shows(&projections[0], receipt.position).await;
    let standing_by = world.run(&projections, Config::default());
    let receipt = world.append(Uuid::new_v4(), vec![any_event(1)]).await;
    leader.shows(&projections[0], receipt.position).await;

    leader.kill().await;
    let died_at = Instant::now();
    let receipt = world.append(Uuid::new_v4(), vec![any_event(2)]).await;
    standing_by.shows(&projections[0], receipt.position).await;

    assert!(died_at.elapsed() < Duration::from_secs(5), "taken over after {:?}", died_at.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn how_far_behind_a_projection_is_shows_in_events_and_seconds() {
    let world = World::new().await;
    count_table(&world).await;
    let gate = Arc::new(Semaphore::new(1));
    let projections = [counts(1, Some(Arc::clone(&gate)))];
    let running = world.run(&projections, Config { batch: 1, ..Config::default() });
    let account = Uuid::new_v4();
    let first = world.append(account, vec![any_event(0)]).await;
    running.shows(&projections[0], first.position).await;
    world.append(account, vec![any_event(1), any_event(2)]).await;

    let standing = async || standings(&world.client()).await.unwrap().remove(0);
    let behind = standing().await;
    assert_eq!((behind.events_behind(), behind.position), (2, first.position));
    assert_eq!(behind.activity(), Activity::Led);
    assert!(behind.led && behind.lag > Duration::ZERO && !behind.is_healthy(Duration::ZERO));
    assert!(behind.is_healthy(Duration::from_secs(60)));

    gate.add_permits(2);
    running.shows(&projections[0], behind.head).await;
    let caught_up = standing().await;
    assert_eq!((caught_up.events_behind(), caught_up.lag), (0, Duration::ZERO));
    running.stop().await;

    assert_eq!(standing().await.activity(), Activity::UpToDate, "nobody is missed");
    world.append(account, vec![any_event(3)]).await;
    assert_eq!(standing().await.activity(), Activity::Unled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_died_while_the_clock_was_ahead_is_taken_over() {
    let world = World::new().await;
    count_table(&world).await;
    let projections = [counts(1, None)];
    let leader = world.run(&projections, quick());
    let first = world.append(Uuid::new_v4(), vec![any_event(0)]).await;
    leader.shows(&projections[0], first.position).await;
    leader.kill().await;
    // As if the clock of the database had been two hours ahead until now.
    sqlx::query("UPDATE projections.projection SET lease_until = lease_until + interval '2 hours'")
        .execute(world.reader.pool())
        .await
        .unwrap();

    let second = world.append(Uuid::new_v4(), vec![any_event(1)]).await;
    let heir = world.run(&projections, quick());
    let life = Instant::now() + Duration::from_secs(5);
    heir.positions.wait("counts_v1", second.position, life).await.unwrap();
    heir.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_stops_is_taken_over_at_once() {
    let world = World::new().await;
    count_table(&world).await;
    let projections = [counts(1, None)];
    let hour = Config { lease_ms: 3_600_000, ..Config::default() };
    let first = world.run(&projections, hour.clone());
    let receipt = world.append(Uuid::new_v4(), vec![any_event(0)]).await;
    first.shows(&projections[0], receipt.position).await;
    first.stop().await;

    let second = world.run(&projections, hour);
    let receipt = world.append(Uuid::new_v4(), vec![any_event(1)]).await;
    second.shows(&projections[0], receipt.position).await;
}
