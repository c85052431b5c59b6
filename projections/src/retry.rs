//! When an event that could not be folded is tried again by the process that could not: what was at fault may have been
//! mended outside of it, a key brought back or the tables put right.

use events::Position;
use std::time::Duration;
use tokio::time::Instant;

/// The longest time between two tries of one event.
const LONGEST: Duration = Duration::from_secs(60);

/// An event that could not be folded, and when it is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Retry {
    pub(crate) position: Position,
    wait: Duration,
    due: Instant,
}

impl Retry {
    /// After a try that failed at `now`: `first` later, and twice as late each time that the same event fails again.
    pub(crate) fn after(before: Option<Self>, position: Position, now: Instant, first: Duration) -> Self {
        let wait = before.filter(|before| before.position == position).map_or(first, |before| before.wait * 2);
        let wait = wait.min(LONGEST);
        Self { position, wait, due: now + wait }
    }

    pub(crate) fn is_due(&self, now: Instant) -> bool {
        now >= self.due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_that_fails_again_waits_twice_as_long_and_a_minute_at_most() {
        let (now, first) = (Instant::now(), Duration::from_secs(1));
        let position = Position::new(7).unwrap();
        let mut retry = None;
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            let next = Retry::after(retry, position, now, first);
            assert!(!next.is_due(now + Duration::from_secs(seconds) - Duration::from_nanos(1)));
            assert!(next.is_due(now + Duration::from_secs(seconds)));
            retry = Some(next);
        }
        let other = Retry::after(retry, Position::new(8).unwrap(), now, first);
        assert!(other.is_due(now + first), "another event is another fault");
    }
}
