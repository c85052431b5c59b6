//! A stream that is read, and that no command reaches.

use esrs::Aggregate;
use events::DomainEvent;
use std::convert::Infallible;
use std::marker::PhantomData;

/// What a handler of `esrs` is a handler of: it asks for an aggregate, and this is one whose command cannot exist.
#[derive(Debug)]
pub struct Stream<E>(PhantomData<fn() -> E>);

impl<E: DomainEvent> Aggregate for Stream<E> {
    const NAME: &'static str = E::STREAM;
    type State = ();
    type Command = Infallible;
    type Event = E;
    type Error = Infallible;

    fn handle_command((): &(), command: Infallible) -> Result<Vec<E>, Infallible> {
        match command {}
    }

    fn apply_event((): (), _: E) {}
}
