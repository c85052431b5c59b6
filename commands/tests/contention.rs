//! A stream that another process is first on, again and again.

#![expect(clippy::unwrap_used, reason = "a test ends where its setting does")]

use commands::Execution;
use esrs::Aggregate;
use events::username::UsernameEvent;
use events::{AccountId, Actor, Capacity, Clock, DomainEvent, Metadata};
use journal::{Config, Journal, Snapshots};
use migrations::Role;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use test_support::Database;
use tokio::runtime::Handle;
use tokio::task::block_in_place;
use uuid::Uuid;

struct Contended;

/// Appends one event. While it is decided, another process appends one before it, so often.
#[derive(Clone)]
struct Append {
    rival: Journal,
    stream: Uuid,
    times: Arc<AtomicU32>,
}

impl Append {
    fn new(rival: &Journal, stream: Uuid, times: u32) -> Self {
        Self { rival: rival.clone(), stream, times: Arc::new(AtomicU32::new(times)) }
    }
}

impl Aggregate for Contended {
    const NAME: &'static str = UsernameEvent::STREAM;
    type State = u32;
    type Command = Append;
    type Event = UsernameEvent;
    type Error = Infallible;

    fn handle_command(_: &u32, Append { rival, stream, times }: Append) -> Result<Vec<UsernameEvent>, Infallible> {
        let again = times.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if again.is_ok() {
            let first = Execution::<Self>::new(&rival, metadata()).on(stream, Append::new(&rival, stream, 0));
            block_in_place(|| Handle::current().block_on(first)).unwrap();
        }
        Ok(vec![UsernameEvent::UsernameAssigned { account: AccountId::from_uuid(stream) }])
    }

    fn apply_event(events: u32, _: UsernameEvent) -> u32 {
        events + 1
    }
}

impl Snapshots for Contended {
    const FOLD: i32 = 1;
}

fn metadata() -> Metadata {
    Metadata::new(Actor::Service, Capacity::Operator, Clock::system().now())
}

#[tokio::test(flavor = "multi_thread")]
async fn others_who_are_first_for_a_while_turn_nobody_away() {
    let database = Database::new().await;
    let ours = Journal::open(database.pool(Role::Writer), Config::default()).await.unwrap();
    let theirs = Journal::open(database.pool(Role::Writer), Config::default()).await.unwrap();
    let stream = Uuid::from_u128(7);

    let executed = Execution::<Contended>::new(&ours, metadata()).on(stream, Append::new(&theirs, stream, 50)).await;

    assert_eq!(executed.unwrap().state, 51);
}
