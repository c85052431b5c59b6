//! Time as a parameter.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use std::fmt;
use std::sync::Arc;

/// What tells the time. Nothing else in the project reads the wall clock, so that a test or a log that is replayed
/// brings its own.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
        Self(Arc::new(Utc::now))
    }

    /// A clock that tells what `time` returns.
    #[must_use]
    pub fn from_fn(time: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(time))
    }

    /// Now, in UTC, to the microsecond: what PostgreSQL keeps.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let now = (self.0)();
        now.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
