//! Events put into a journal as they are.

use esrs::Aggregate;
use esrs::store::EventStore;
use events::{DomainEvent, Metadata};
use journal::{Journal, Receipt, Snapshots};
use std::convert::Infallible;
use std::marker::PhantomData;
use uuid::Uuid;

/// Appends one event, on a stream of its own, in a transaction that may be taken back.
pub const APPEND_ONE: &str = "SELECT journal.append(
    ARRAY['service'], ARRAY[NULL::uuid], ARRAY['system'], ARRAY[clock_timestamp()], ARRAY[gen_random_uuid()],
    ARRAY[NULL::uuid], ARRAY[NULL::bytea], ARRAY[NULL::text], ARRAY[NULL::bytea], ARRAY[NULL::bytea], ARRAY[1], ARRAY[1],
    ARRAY[1], ARRAY['counter'], ARRAY[gen_random_uuid()], ARRAY[0], ARRAY[1],
    ARRAY[1], ARRAY[1], ARRAY[gen_random_uuid()], ARRAY['Counted'], ARRAY[1::smallint], ARRAY['{}'::bytea], false)";

/// SQL that appends one event to a new stream, by the form for one event of one command.
pub const APPEND_LONE: &str =
    "SELECT journal.append_lone('service', NULL, 'system', clock_timestamp(), gen_random_uuid(),
    NULL, NULL, NULL, NULL, NULL, 'counter', gen_random_uuid(), 1, gen_random_uuid(), 'Counted', 1::smallint, '{}')";

/// Appends events to a stream, whatever they are.
///
/// # Panics
/// When the journal does not take them.
#[expect(clippy::expect_used, reason = "a test cannot go on without its events")]
pub async fn append<E: DomainEvent>(journal: &Journal, metadata: Metadata, stream: Uuid, events: Vec<E>) -> Receipt {
    let unit = journal.unit::<Anything<E>>(metadata);
    let mut state = unit.state(stream).await.expect("the stream");
    unit.persist(&mut state, events).await.expect("an append");
    unit.receipt().expect("a receipt").clone()
}

/// An aggregate that lets any event in: for tests of what comes after decisions.
struct Anything<E>(PhantomData<fn() -> E>);

impl<E: DomainEvent> Aggregate for Anything<E> {
    const NAME: &'static str = E::STREAM;
    type State = ();
    type Command = ();
    type Event = E;
    type Error = Infallible;

    fn handle_command((): &(), (): ()) -> Result<Vec<E>, Infallible> {
        Ok(Vec::new())
    }

    fn apply_event((): (), _: E) {}
}

impl<E: DomainEvent> Snapshots for Anything<E> {
    const FOLD: i32 = 1;
    const EVERY: i32 = i32::MAX;
}
