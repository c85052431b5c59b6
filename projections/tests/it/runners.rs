//! Exactly once, led by one, taken over, halted by poison.

use crate::given::*;
use esrs::handler::TransactionalEventHandler;
use esrs::store::StoreEvent;
use events::account::AccountEvent;
use events::{EventId, Position};
use projections::{
    Behind, Config, Exclusions, Fold, Halt, Projection, ProjectionError, Stream, account, audit, standings,
};
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
    assert!(behind.led && behind.lag > Duration::ZERO && !behind.is_healthy(Duration::ZERO));
    assert!(behind.is_healthy(Duration::from_secs(60)));

    gate.add_permits(2);
    running.shows(&projections[0], behind.head).await;
    let caught_up = standing().await;
    assert_eq!((caught_up.events_behind(), caught_up.lag), (0, Duration::ZERO));
    running.stop().await;
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

async fn halt_of(world: &World, projection: &str) -> Option<Halt> {
    let standings = standings(&world.client()).await.unwrap();
    standings.into_iter().find(|standing| standing.projection == projection).and_then(|standing| standing.halt)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_contradicts_halts_its_projection_alone_until_it_is_skipped() {
    let world = World::new().await;
    let projections = projections::all();
    let running = world.run(&projections, quick());
    let (first, twice) = (Uuid::new_v4(), Uuid::new_v4());
    world.append(first, vec![provisioned("first")]).await;
    let poison = world.append(twice, vec![provisioned("secret-name"), provisioned("secret-name")]).await;
    let after = world.append(Uuid::new_v4(), (0..50).map(any_event).collect()).await;

    running.positions.wait(audit::trail::NAME, after.position, patience()).await.unwrap();
    until(|| async { halt_of(&world, account::accounts::NAME).await.is_some() }).await;
    let halt = halt_of(&world, account::accounts::NAME).await.unwrap();
    assert_eq!((halt.position, halt.stream), (poison.position, twice));
    assert_eq!(halt.reason, "an account was provisioned twice");
    assert_eq!(halt_of(&world, audit::trail::NAME).await, None);
    assert_eq!(running.positions.of(account::accounts::NAME).get(), poison.position.get() - 1);

    let skipped = operator(&world, skip(&halt)).await;

    running.positions.wait(account::accounts::NAME, skipped.position, patience()).await.unwrap();
    assert_eq!(halt_of(&world, account::accounts::NAME).await, None);
    running.stop().await;
    let verified =
        projections::verify(&world.reader, &account::accounts::projection(), &quick(), |_| {}).await.unwrap();
    assert!(verified.holds(), "a rebuild leaves out the same event: {verified:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_still_to_come_is_not_left_out() {
    let world = World::new().await;
    count_table(&world).await;
    let projections = [counts(1, None)];
    let stream = Uuid::new_v4();
    let halt_at = |position: Position| Halt {
        projection: "counts_v1".to_owned(),
        position,
        event: EventId::new(),
        stream_type: "account".to_owned(),
        stream,
        at: chrono::DateTime::UNIX_EPOCH,
        reason: String::new(),
    };
    // Decisions at 1 and 2, of the events at 3 and from 3 on.
    let to_come = halt_at(Position::new(3).unwrap());
    operator(&world, skip(&to_come)).await;
    operator(&world, quarantine(&to_come)).await;
    let came = world.append(stream, vec![any_event(1), any_event(2)]).await;
    assert!(Exclusions::load(world.reader.pool(), "counts_v1").await.unwrap().is_empty());

    let running = world.run(&projections, quick());
    running.shows(&projections[0], came.position).await;
    assert_eq!(counted(&world).await, [(stream, 2)].into());
    running.stop().await;

    operator(&world, skip(&to_come)).await;
    let excluded = Exclusions::load(world.reader.pool(), "counts_v1").await.unwrap();
    assert_eq!(excluded.skipped().collect::<Vec<_>>(), [to_come.position], "what has come can be");
    let verified = projections::verify(&world.reader, &projections[0], &quick(), |_| {}).await.unwrap();
    assert_eq!(verified.excluded, excluded, "a verification says what it does not compare");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_in_quarantine_is_left_out_from_its_poison_on() {
    let world = World::new().await;
    count_table(&world).await;
    let projections = [counts(1, None)];
    let running = world.run(&projections, quick());
    let (well, ill) = (Uuid::new_v4(), Uuid::new_v4());
    world.append(ill, vec![any_event(1)]).await;
    let poison = world.append(ill, vec![FromTheFuture::AccountTeleported { secret: "hunter2".into() }]).await;
    world.append(ill, vec![any_event(2)]).await;
    world.append(well, vec![any_event(3)]).await;
    until(|| async { halt_of(&world, "counts_v1").await.is_some() }).await;
    let halt = halt_of(&world, "counts_v1").await.unwrap();
    assert_eq!(halt.position, poison.position);
    assert!(!halt.reason.contains("hunter2"), "{}", halt.reason);

    operator(&world, quarantine(&halt)).await;
    let last = world.append(ill, vec![any_event(4)]).await;

    running.shows(&projections[0], last.position).await;
    assert_eq!(counted(&world).await, [(well, 1), (ill, 1)].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_readmitted_is_there_after_a_rebuild() {
    let world = World::new().await;
    count_table(&world).await;
    let projections = [counts(1, None)];
    let stream = Uuid::new_v4();
    world.append(stream, vec![any_event(1)]).await;
    let mistaken = world.append(stream, vec![any_event(2)]).await;
    let halt = Halt {
        projection: "counts_v1".to_owned(),
        position: mistaken.position,
        event: EventId::new(),
        stream_type: "account".to_owned(),
        stream,
        at: chrono::DateTime::UNIX_EPOCH,
        reason: String::new(),
    };
    operator(&world, quarantine(&halt)).await;
    let running = world.run(&projections, quick());
    running.shows(&projections[0], world.append(stream, vec![any_event(3)]).await.position).await;
    assert_eq!(counted(&world).await, [(stream, 1)].into());

    operator(&world, readmit(&halt)).await;
    running.shows(&projections[0], world.append(stream, vec![any_event(4)]).await.position).await;
    assert_eq!(counted(&world).await, [(stream, 2)].into(), "the live one goes on from here");
    projections::rebuild(&world.reader, &projections[0], &quick(), |_| {}).await.unwrap();
    assert_eq!(counted(&world).await, [(stream, 4)].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_halted_projection_is_tried_again_by_the_next_process() {
    let world = World::new().await;
    count_table(&world).await;
    let running = world.run(&[counts(1, None)], quick());
    let stream = Uuid::new_v4();
    world.append(stream, vec![FromTheFuture::AccountTeleported { secret: "hunter2".into() }]).await;
    until(|| async { halt_of(&world, "counts_v1").await.is_some() }).await;
    running.stop().await;

    // A build that does not read accounts any more stands for one that can read the event.
    let next = projections::Projection::named::<Nothing>("counts_v1", 1, &["counts_v1"]).declared();
    let head = world.reader.last_position().await.unwrap();
    let running = world.run(std::slice::from_ref(&next), quick());
    running.shows(&next, head).await;

    assert_eq!(halt_of(&world, "counts_v1").await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_halted_projection_goes_on_by_itself_once_its_cause_is_mended() {
    let world = World::new().await;
    count_table(&world).await;
    let projections = [counts(1, None)];
    let running = world.run(&projections, quick());
    let owner = world.database.owner();
    sqlx::raw_sql("ALTER TABLE projections.counts_v1 ADD CONSTRAINT wrong CHECK (events < 2)")
        .execute(&owner)
        .await
        .unwrap();
    let stream = Uuid::new_v4();
    world.append(stream, vec![any_event(1)]).await;
    let last = world.append(stream, vec![any_event(2), any_event(3)]).await;
    until(|| async { halt_of(&world, "counts_v1").await.is_some() }).await;
    let halt = halt_of(&world, "counts_v1").await.unwrap();

    until(|| async { led_again(&world, 3).await }).await;
    assert_eq!(halt_of(&world, "counts_v1").await.as_ref(), Some(&halt), "it tells since when");
    sqlx::raw_sql("ALTER TABLE projections.counts_v1 DROP CONSTRAINT wrong").execute(&owner).await.unwrap();

    running.shows(&projections[0], last.position).await;
    assert_eq!(halt_of(&world, "counts_v1").await, None);
    assert_eq!(counted(&world).await, [(stream, 3)].into());
}

/// Whether the lease was given as often: each try takes it.
async fn led_again(world: &World, times: i64) -> bool {
    let epoch: i64 = sqlx::query_scalar("SELECT lease_epoch FROM projections.projection WHERE name = 'counts_v1'")
        .fetch_one(&world.database.owner())
        .await
        .unwrap();
    epoch >= times
}

struct Nothing;

#[async_trait::async_trait]
impl projections::Rows for Nothing {
    async fn load(_: &[journal::Recorded], _: &mut sqlx::PgConnection) -> Result<Self, projections::ProjectionError> {
        Ok(Self)
    }

    async fn write(self, _: &mut sqlx::PgConnection) -> Result<(), projections::ProjectionError> {
        Ok(())
    }
}

struct Panicking;

#[async_trait::async_trait]
impl TransactionalEventHandler<Stream<AccountEvent>, ProjectionError, Fold<Nothing>> for Panicking {
    #[expect(clippy::panic, reason = "what is tested")]
    async fn handle(&self, _: &StoreEvent<AccountEvent>, _: &mut Fold<Nothing>) -> Result<(), ProjectionError> {
        panic!("hunter2")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fold_that_panics_halts_its_projection_alone() {
    let world = World::new().await;
    let panics = Projection::named::<Nothing>("panics_v1", 1, &[]).reads::<AccountEvent, _>(Panicking).declared();
    let accounts = account::accounts::projection();
    let running = world.run(&[panics, accounts.clone()], quick());
    world.append(Uuid::new_v4(), vec![provisioned("first")]).await;
    let last = world.append(Uuid::new_v4(), vec![provisioned("second")]).await;

    running.shows(&accounts, last.position).await;
    until(|| async { halt_of(&world, "panics_v1").await.is_some() }).await;
    let halt = halt_of(&world, "panics_v1").await.unwrap();
    assert_eq!((halt.position.get(), halt.reason.as_str()), (1, "the fold has panicked"));
}
