//! Halted by poison, alone, until its cause is mended or an operator decides.

use crate::given::*;
use esrs::handler::TransactionalEventHandler;
use esrs::store::StoreEvent;
use events::account::AccountEvent;
use events::{EventId, Position};
use projections::{Exclusions, Fold, Halt, Projection, ProjectionError, Stream, account, audit, standings};
use uuid::Uuid;

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
async fn a_stream_of_a_type_that_this_build_does_not_know_halts_the_trail_alone_until_an_operator_decides() {
    let world = World::new().await;
    let projections = projections::all();
    let running = world.run(&projections, quick());
    world.append(Uuid::new_v4(), vec![any_event(1)]).await;
    let unknown = world.append(Uuid::new_v4(), vec![OfNoVocabulary::Teleported]).await;
    let last = world.append(Uuid::new_v4(), vec![any_event(2)]).await;

    for others in projections.iter().filter(|projection| projection.name != audit::trail::NAME) {
        running.shows(others, last.position).await;
        assert_eq!(halt_of(&world, others.name).await, None);
    }
    until(|| async { halt_of(&world, audit::trail::NAME).await.is_some() }).await;
    let halt = halt_of(&world, audit::trail::NAME).await.unwrap();
    let reason = "the type of its stream is none that this build knows";
    assert_eq!((halt.position, halt.reason.as_str()), (unknown.position, reason));

    let skipped = operator(&world, skip(&halt)).await;
    running.positions.wait(audit::trail::NAME, skipped.position, patience()).await.unwrap();
    assert_eq!(halt_of(&world, audit::trail::NAME).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_this_build_does_not_know_leaves_nothing_out_and_halts_the_trail_alone() {
    let world = World::new().await;
    count_table(&world).await;
    let projections = [counts(1, None), audit::trail::projection()];
    let running = world.run(&projections, quick());
    let poison =
        world.append(Uuid::new_v4(), vec![FromTheFuture::AccountTeleported { secret: "hunter2".into() }]).await;
    let unknown = world.append(Uuid::new_v4(), vec![DecidedInTheFuture::ProjectionPaused]).await;
    let last = world.append(Uuid::new_v4(), vec![any_event(1)]).await;

    let (poison, unknown) = (poison.position, unknown.position);
    for (projection, halts) in [(&projections[0], vec![poison]), (&projections[1], vec![poison, unknown])] {
        for position in halts {
            until(|| async { halt_of(&world, projection.name).await.is_some_and(|halt| halt.position == position) })
                .await;
            let halt = halt_of(&world, projection.name).await.unwrap();
            operator(&world, skip(&halt)).await;
        }
        running.shows(projection, last.position).await;
    }
    assert_eq!(Exclusions::of_all(world.reader.pool()).await.unwrap().len(), projections.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_no_instant_halts_who_folds_it_and_nobody_else() {
    let world = World::new().await;
    count_table(&world).await;
    let written = world.append(Uuid::new_v4(), vec![any_event(1)]).await;
    let owner = world.database.owner();
    sqlx::raw_sql("ALTER TABLE journal.event DISABLE TRIGGER ALL; UPDATE journal.event SET occurred_at = 'infinity'")
        .execute(&owner)
        .await
        .unwrap();
    let projections = [counts(1, None), audit::proof_readings::projection()];
    let running = world.run(&projections, quick());

    running.shows(&projections[1], written.position).await;
    until(|| async { halt_of(&world, "counts_v1").await.is_some() }).await;
    let halt = halt_of(&world, "counts_v1").await.unwrap();
    assert_eq!((halt.position, &*halt.reason), (written.position, "its instants are none of the years 1970 to 9999"));

    operator(&world, skip(&halt)).await;
    let last = world.append(Uuid::new_v4(), vec![any_event(2)]).await;
    running.shows(&projections[0], last.position).await;
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
    let lacking = async || {
        let standings = standings(&world.client()).await.unwrap();
        let excluded = Exclusions::load(world.reader.pool(), "counts_v1").await.unwrap();
        assert!(excluded.is_empty());
        excluded.to_be_put_back(&standings[0]).collect::<Vec<_>>()
    };
    assert_eq!(lacking().await, [mistaken.position]);
    projections::rebuild(&world.reader, &projections[0], &quick(), |_| {}).await.unwrap();
    assert_eq!(lacking().await, []);
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
