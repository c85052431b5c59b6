//! Waiting for what only polling can tell, until a deadline.

use std::time::Duration;

use tokio::time::{Instant, Interval, MissedTickBehavior, interval};

const PERIOD: Duration = Duration::from_millis(5);

/// The deadline of a start, and the pace at which it looks again.
#[derive(Debug)]
pub(super) struct Patience {
    pace: Interval,
    deadline: Instant,
}

impl Patience {
    pub(super) fn of(limit: Duration) -> Self {
        let mut pace = interval(PERIOD);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { pace, deadline: Instant::now() + limit }
    }

    /// Comes back when it is time to look again; `false` when patience is at its end.
    pub(super) async fn another_look(&mut self) -> bool {
        self.pace.tick().await;
        Instant::now() < self.deadline
    }
}
