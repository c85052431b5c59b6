//! `given(events).when(command).then(events)`: how the decision of any aggregate is specified.

use esrs::Aggregate;
use std::fmt::Debug;

/// A stream that holds these events.
pub(crate) fn given<A: Aggregate>(events: impl IntoIterator<Item = A::Event>) -> Given<A> {
    Given(events.into_iter().fold(A::State::default(), A::apply_event))
}

pub(crate) struct Given<A: Aggregate>(A::State);

impl<A: Aggregate> Given<A> {
    pub(crate) fn when(&self, command: impl Into<A::Command>) -> When<A> {
        When(A::handle_command(&self.0, command.into()))
    }
}

pub(crate) struct When<A: Aggregate>(Result<Vec<A::Event>, A::Error>);

impl<A> When<A>
where
    A: Aggregate<Event: Debug + PartialEq, Error: PartialEq>,
{
    #[track_caller]
    pub(crate) fn then(self, events: impl IntoIterator<Item = A::Event>) {
        assert_eq!(self.0, Ok(events.into_iter().collect()));
    }

    #[track_caller]
    pub(crate) fn refused(self, refusal: A::Error) {
        assert_eq!(self.0, Err(refusal));
    }
}
