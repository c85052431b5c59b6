//! Rebuilt beside, swapped in, compared.

use crate::given::*;
use async_trait::async_trait;
use esrs::handler::TransactionalEventHandler;
use esrs::store::StoreEvent;
use events::Position;
use events::account::AccountEvent;
use projections::{
    Config, Contradiction, Fold, Projection, ProjectionError, RebuildError, Stream, account, audit, discard, rebuild,
    standings, verify,
};
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, TestRunner};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use uuid::Uuid;

async fn holds(world: &World, projection: &Projection, config: &Config) {
    let verified = verify(&world.reader, projection, config, |_| {}).await.unwrap();
    assert!(verified.holds(), "{verified:?}");
    assert!(verified.tables.iter().all(|table| table.rows > 0), "{verified:?}");
}

/// Accounts with a history, and a name that no account has.
async fn history(world: &World, streams: usize) {
    for number in 0..streams {
        let mut events: Vec<_> = (0..12).map(|n| any_event(number * 7 + n)).collect();
        if number % 5 != 0 {
            events.insert(0, provisioned(&format!("agent.{number}")));
        }
        let stream = Uuid::new_v4();
        world.append(stream, events).await;
        if number % 3 == 0 {
            for recorded in three_strikes(1, 2) {
                world.append(stream, recorded).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_under_load_equals_the_live_one_and_no_reader_sees_a_gap() {
    let world = Arc::new(World::new().await);
    let projections = projections::all();
    history(&world, 40).await;
    let running = world.run(&projections, Config { batch: 64, ..quick() });
    running.shows(&projections[1], world.reader.last_position().await.unwrap()).await;

    let stop = Arc::new(AtomicBool::new(false));
    let writing = tokio::spawn({
        let (world, stop) = (Arc::clone(&world), Arc::clone(&stop));
        async move {
            let mut number = 0;
            while !stop.load(Ordering::Relaxed) {
                number += 1;
                let account = Uuid::new_v4();
                world.append(account, vec![provisioned("agent"), any_event(number), any_event(number + 1)]).await;
            }
            number
        }
    });
    // One connection, so that its statements stay prepared through the swaps.
    let reading = tokio::spawn({
        let (mut client, stop) = (world.client().acquire().await.unwrap(), Arc::clone(&stop));
        async move {
            let (mut seen, mut looks) = ((0, 0), 0);
            while !stop.load(Ordering::Relaxed) {
                let now: (i64, i64) = sqlx::query_as(
                    "SELECT (SELECT count(*) FROM projections.audit_trail_v1),
                            (SELECT count(*) FROM projections.accounts_v1)",
                )
                .fetch_one(&mut *client)
                .await
                .unwrap();
                assert!(now.0 >= seen.0 && now.1 >= seen.1, "{seen:?} became {now:?}");
                (seen, looks) = (now, looks + 1);
            }
            looks
        }
    });
    for projection in projections.iter().take(2) {
        let config = Config { batch: 32, ..quick() };
        for _ in 0..3 {
            rebuild(&world.reader, projection, &config, |_| {}).await.unwrap();
            holds(&world, projection, &config).await;
        }
    }
    stop.store(true, Ordering::Relaxed);
    assert!(writing.await.unwrap() > 10);
    assert!(reading.await.unwrap() > 10);

    let head = world.reader.last_position().await.unwrap();
    for projection in projections.iter().take(2) {
        running.shows(projection, head).await;
        holds(&world, projection, &quick()).await;
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_that_is_broken_off_goes_on_where_it_was() {
    let world = World::new().await;
    history(&world, 60).await;
    let trail = audit::trail::projection();
    world.caught_up(std::slice::from_ref(&trail)).await;
    let config = Config { batch: 8, lease_ms: 100 };
    let mut numbers = Numbers(3);
    let (mut broken_off, mut resumed) = (0, 0);

    loop {
        let mut first = None;
        let life = std::time::Duration::from_millis(50 + numbers.next(150));
        let rebuilding = rebuild(&world.reader, &trail, &config, |progress| {
            first.get_or_insert(progress.at);
        });
        let done = tokio::time::timeout(life, rebuilding).await;
        resumed += usize::from(first.is_some_and(|at| at > Position::START));
        match done {
            // The lease of the one before has not lapsed yet.
            Ok(Err(RebuildError::Busy)) => {}
            Ok(done) => {
                done.unwrap();
                break;
            }
            Err(_) => broken_off += 1,
        }
        holds_nothing_back(&world).await;
    }

    assert!(broken_off > 0 && resumed > 0, "{broken_off} broken off, {resumed} resumed");
    holds(&world, &trail, &config).await;
    assert!(standings(&world.client()).await.unwrap().iter().all(|standing| standing.rebuilding.is_none()));
}

/// The live trail has all its rows while its rebuild lies there unfinished.
async fn holds_nothing_back(world: &World) {
    let rows: i64 =
        sqlx::query_scalar("SELECT count(*) FROM projections.audit_trail_v1").fetch_one(&world.client()).await.unwrap();
    assert_eq!(rows, world.reader.last_position().await.unwrap().get());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_fold_rebuilds_by_itself() {
    let world = World::new().await;
    count_table(&world).await;
    history(&world, 10).await;
    let head = world.caught_up(&[counts(1, None)]).await;
    sqlx::query("UPDATE projections.counts_v1 SET events = 0").execute(world.reader.pool()).await.unwrap();

    let changed = counts(2, None);
    let running = world.run(std::slice::from_ref(&changed), quick());

    until(|| async { standings(&world.client()).await.unwrap()[0].fold == 2 }).await;
    running.shows(&changed, head).await;
    assert_eq!(counted(&world).await, recorded(&world).await);
    let old = world.run(&[counts(1, None)], quick());
    let receipt = world.append(Uuid::new_v4(), vec![any_event(0)]).await;
    running.shows(&changed, receipt.position).await;
    assert_eq!(counted(&world).await, recorded(&world).await, "an older build leaves a newer fold alone");
    old.stop().await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tampered_row_is_found_and_mended_by_a_rebuild() {
    let world = World::new().await;
    history(&world, 10).await;
    let trail = audit::trail::projection();
    let head = world.caught_up(std::slice::from_ref(&trail)).await;
    let tampered = [
        "UPDATE projections.audit_trail_v1 SET outcome = 'success' WHERE position = 2",
        "DELETE FROM projections.audit_trail_v1 WHERE position = 5",
    ];
    for statement in tampered {
        sqlx::query(statement).execute(world.reader.pool()).await.unwrap();
    }

    let verified = verify(&world.reader, &trail, &quick(), |_| {}).await.unwrap();
    assert!(!verified.holds());
    assert_eq!((verified.position, verified.tables[0].unfounded, verified.tables[0].missing), (head, 1, 2));
    rebuild(&world.reader, &trail, &quick(), |_| {}).await.unwrap();
    holds(&world, &trail, &quick()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_rebuilds_at_once_one_is_told_to_wait() {
    let world = World::new().await;
    history(&world, 30).await;
    let trail = audit::trail::projection();
    world.caught_up(std::slice::from_ref(&trail)).await;
    let slow = Config { batch: 1, lease_ms: 3_000 };

    let first = rebuild(&world.reader, &trail, &slow, |_| {});
    let second = async {
        until(|| async { standings(&world.client()).await.unwrap()[0].rebuilding.is_some() }).await;
        rebuild(&world.reader, &trail, &Config { batch: 1, lease_ms: 30 }, |_| {}).await
    };
    let (first, second) = tokio::join!(first, second);

    first.unwrap();
    assert!(matches!(second, Err(RebuildError::Busy)), "{second:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_never_run_is_said_to_need_a_projector() {
    let world = World::new().await;
    history(&world, 3).await;
    let trail = audit::trail::projection();

    let refused = rebuild(&world.reader, &trail, &quick(), |_| {}).await.unwrap_err();

    assert!(matches!(refused, RebuildError::NeverRan) && refused.to_string().contains("projector"), "{refused}");
    assert!(standings(&world.client()).await.unwrap().is_empty(), "nothing is left behind");
    world.caught_up(std::slice::from_ref(&trail)).await;
    rebuild(&world.reader, &trail, &quick(), |_| {}).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reader_may_read_and_nothing_else_also_after_a_rebuild() {
    let world = World::new().await;
    history(&world, 5).await;
    let accounts = account::accounts::projection();
    world.caught_up(std::slice::from_ref(&accounts)).await;
    rebuild(&world.reader, &accounts, &quick(), |_| {}).await.unwrap();
    let client = world.client();

    let rows: i64 =
        sqlx::query_scalar("SELECT count(*) FROM projections.accounts_v1").fetch_one(&client).await.unwrap();
    assert_eq!(rows, 4);
    for statement in ["DELETE FROM projections.accounts_v1", "UPDATE projections.projection SET position = 0"] {
        assert!(sqlx::query(statement).execute(&client).await.is_err(), "{statement}");
    }
}

#[test]
fn any_split_into_batches_gives_the_same_rows() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(async {
        let world = World::new().await;
        history(&world, 12).await;
        world.caught_up(&projections::all()).await;
        world
    });
    // Each event in a batch of its own leaves nothing to what a batch remembers.
    let batch = prop_oneof![Just(1), 1..200_u16];
    let splits = (batch.clone(), batch);
    TestRunner::new(Cases { cases: 12, ..Cases::default() })
        .run(&splits, |(one, other)| {
            runtime.block_on(async {
                for projection in projections::all().iter().take(2) {
                    rebuild(&world.reader, projection, &Config { batch: one, ..quick() }, |_| {}).await.unwrap();
                    holds(&world, projection, &Config { batch: other, ..quick() }).await;
                }
            });
            Ok(())
        })
        .unwrap();
}

/// [`counts`], by a fold that cannot take an event of some kind.
fn refusing(fold: i32) -> Projection {
    Projection::named::<Counts>("counts_v1", fold, &["counts_v1"]).reads::<AccountEvent, _>(Refusing).declared()
}

struct Refusing;

#[async_trait]
impl TransactionalEventHandler<Stream<AccountEvent>, ProjectionError, Fold<Counts>> for Refusing {
    async fn handle(&self, event: &StoreEvent<AccountEvent>, fold: &mut Fold<Counts>) -> Result<(), ProjectionError> {
        if matches!(event.payload, AccountEvent::AccountSuspended { .. }) {
            return Err(Contradiction::StreamHole.into());
        }
        fold.rows.count(event.aggregate_id);
        Ok(())
    }
}

/// A journal that the live fold takes and another does not: its one suspension.
async fn taken_by_one_fold_alone(world: &World, after: usize) -> (Position, Position) {
    count_table(world).await;
    let suspension = world.append(Uuid::new_v4(), vec![suspended()]).await;
    for _ in 0..after {
        world.append(Uuid::new_v4(), vec![any_event(1)]).await;
    }
    (suspension.position, world.caught_up(&[counts(1, None)]).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_a_rebuild_cannot_fold_halts_it_where_operators_look_and_is_left_out() {
    // Within the last batch, which is folded with the swap, and far before it.
    for batch in [64, 1] {
        let world = World::new().await;
        let (suspension, head) = taken_by_one_fold_alone(&world, 5).await;
        let (refusing, config) = (refusing(1), Config { batch, ..quick() });

        let halted = rebuild(&world.reader, &refusing, &config, |_| {}).await;
        assert!(matches!(&halted, Err(RebuildError::Halted(at)) if at.position == suspension), "{halted:?}");
        let standing = standings(&world.client()).await.unwrap().remove(0);
        assert_eq!((&standing.halt, standing.position), (&None, head), "the live one goes on");
        let halt = standing.rebuild_halt.unwrap();
        assert_eq!((halt.position, halt.reason.as_str()), (suspension, "a stream has a hole"));

        operator(&world, skip(&halt)).await;
        rebuild(&world.reader, &refusing, &config, |_| {}).await.unwrap();
        let standing = standings(&world.client()).await.unwrap().remove(0);
        assert_eq!((standing.halt, standing.rebuild_halt, standing.rebuilding), (None, None, None));
        holds(&world, &refusing, &config).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_a_verification_cannot_fold_is_named_too() {
    let world = World::new().await;
    let (suspension, _) = taken_by_one_fold_alone(&world, 5).await;
    let refusing = refusing(1);

    let halted = verify(&world.reader, &refusing, &quick(), |_| {}).await;
    assert!(matches!(&halted, Err(RebuildError::Halted(at)) if at.position == suspension), "{halted:?}");
    let halt = standings(&world.client()).await.unwrap().remove(0).rebuild_halt.unwrap();
    operator(&world, skip(&halt)).await;
    let verified = verify(&world.reader, &refusing, &quick(), |_| {}).await.unwrap();
    assert_eq!((verified.tables[0].unfounded, verified.tables[0].missing), (1, 0), "the live one has it still");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_that_passed_what_operators_take_back_is_begun_anew() {
    let world = World::new().await;
    let (suspension, _) = taken_by_one_fold_alone(&world, 1).await;
    let later = world.append(Uuid::new_v4(), vec![suspended()]).await.position;
    world.caught_up(&[counts(1, None)]).await;
    let config = Config { batch: 1, ..quick() };
    let refusing = refusing(1);
    let halted_at = async || match rebuild(&world.reader, &refusing, &config, |_| {}).await {
        Err(RebuildError::Halted(at)) => at.position,
        other => panic!("{other:?}"),
    };
    assert_eq!(halted_at().await, suspension);
    let passed = standings(&world.client()).await.unwrap().remove(0).rebuild_halt.unwrap();
    operator(&world, skip(&passed)).await;
    assert_eq!(halted_at().await, later);

    operator(&world, readmit(&passed)).await;
    assert_eq!(halted_at().await, suspension, "it is not left out any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_fold_left_behind_is_not_gone_on_from_and_what_the_same_left_can_be_discarded() {
    for (mended, discarded) in [(counts(2, None), false), (counts(1, None), true)] {
        let world = World::new().await;
        count_table(&world).await;
        world.append(Uuid::new_v4(), vec![any_event(1)]).await;
        let suspension = world.append(Uuid::new_v4(), vec![suspended()]).await.position;
        world.caught_up(&[counts(1, None)]).await;
        let config = Config { batch: 1, ..quick() };
        let halted = rebuild(&world.reader, &refusing(1), &config, |_| {}).await;
        assert!(matches!(&halted, Err(RebuildError::Halted(at)) if at.position == suspension), "{halted:?}");
        // The faulty fold had also made something else of what it passed.
        sqlx::query("UPDATE projections_shadow.counts_v1 SET events = 7").execute(world.reader.pool()).await.unwrap();

        if discarded {
            discard(&world.reader, &mended, &config).await.unwrap();
        }
        rebuild(&world.reader, &mended, &config, |_| {}).await.unwrap();
        assert_eq!(counted(&world).await, recorded(&world).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_fold_that_halts_goes_on_once_an_operator_has_decided() {
    let world = World::new().await;
    let (suspension, _) = taken_by_one_fold_alone(&world, 5).await;
    let running = world.run(&[refusing(2)], quick());
    let standing = async || standings(&world.client()).await.unwrap().remove(0);
    until(|| async { standing().await.rebuild_halt.is_some() }).await;
    let halt = standing().await.rebuild_halt.unwrap();
    assert_eq!((halt.position, standing().await.fold), (suspension, 1));

    operator(&world, skip(&halt)).await;
    until(|| async { standing().await.fold == 2 }).await;
    assert!(standing().await.rebuild_halt.is_none());
    running.stop().await;
}
