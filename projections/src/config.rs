//! How projections are run in this process.

use serde::{Deserialize, Serialize};

/// How projections are run in this process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Events that one transaction takes at most, while a projection catches up.
    pub batch: u16,
    /// How long a projection stays with a process that no longer moves it, in milliseconds. Another one takes it over
    /// within one and a third of it, or finds its transaction ended by the server after the same time.
    pub lease_ms: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self { batch: 1_024, lease_ms: 3_000 }
    }
}

impl Config {
    pub(crate) fn lease(&self) -> Lapse {
        Lapse(f64::from(self.lease_ms.max(30)) / 1_000.0)
    }
}

/// The duration of a lease, as the statements take it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lapse(pub(crate) f64);

impl Lapse {
    /// Time between two looks of who waits for a lease.
    pub(crate) fn look(self) -> std::time::Duration {
        std::time::Duration::from_secs_f64(self.0 / 3.0)
    }

    /// For `idle_in_transaction_session_timeout`, which takes milliseconds.
    pub(crate) fn milliseconds(self) -> String {
        format!("{:.0}", self.0 * 1_000.0)
    }
}
