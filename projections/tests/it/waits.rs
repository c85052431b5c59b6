//! Waiting for a position: pushed in the same process, looked for in another.

use crate::given::*;
use events::Position;
use projections::{Behind, Positions};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_of_another_process_waits_for_its_own_write() {
    let world = World::new().await;
    count_table(&world).await;
    let projections = [counts(1, None)];
    let running = world.run(&projections, quick());
    let elsewhere = Positions::new(&projections);
    let stop = CancellationToken::new();
    let following = tokio::spawn(elsewhere.clone().follow(world.client(), stop.clone()));

    for number in 0..20 {
        let account = Uuid::new_v4();
        let receipt = world.append(account, vec![any_event(number)]).await;
        elsewhere.wait("counts_v1", receipt.position, patience()).await.unwrap();
        assert_eq!(counted(&world).await.get(&account), Some(&1));
    }
    stop.cancel();
    following.await.unwrap();
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_too_long_is_told_how_far_it_has_got() {
    let world = World::new().await;
    count_table(&world).await;
    let projections = [counts(1, None)];
    let running = world.run(&projections, quick());
    let receipt = world.append(Uuid::new_v4(), vec![any_event(0)]).await;
    running.shows(&projections[0], receipt.position).await;
    let next = Position::new(receipt.position.get() + 1).unwrap();

    let waited = running.positions.wait("counts_v1", next, Instant::now() + Duration::from_millis(50)).await;
    assert_eq!(waited, Err(Behind { at: receipt.position }));
    let unknown = running.positions.wait("no_such_v1", next, patience()).await;
    assert_eq!(unknown, Err(Behind { at: Position::START }));
}
