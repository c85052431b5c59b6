//! Settings of the read side.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How many queries of a group may be under way.
pub(crate) const GROUPS: usize = 2;

/// Settings of reads, open streams and readiness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// A session counts as ended when it is not used for so long, in seconds: 1800. It is the write side's setting, and
    /// whoever joins the two hands it on.
    #[serde(skip)]
    pub session_idle_s: u32,
    /// Event streams open at once; the next one is refused: 2000.
    pub open_streams: usize,
    /// Time between two looks at whether the sessions of open streams still stand, in milliseconds: 1000.
    pub session_watch_ms: u32,
    /// A process whose projections are further behind is not ready, in seconds: 60.
    pub ready_lag_s: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self { session_idle_s: 1_800, open_streams: 2_000, session_watch_ms: 1_000, ready_lag_s: 60 }
    }
}

impl Config {
    pub(crate) fn session_idle(&self) -> TimeDelta {
        TimeDelta::seconds(self.session_idle_s.into())
    }

    pub(crate) fn session_watch(&self) -> Duration {
        Duration::from_millis(self.session_watch_ms.max(1).into())
    }

    pub(crate) fn ready_lag(&self) -> Duration {
        Duration::from_secs(self.ready_lag_s.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_read_back() {
        let written = toml::to_string(&Config::default()).unwrap();
        assert_eq!(toml::from_str::<Config>(&written).unwrap(), Config::default());
        assert_eq!(toml::from_str::<Config>("").unwrap(), Config::default());
    }

    #[test]
    fn an_unknown_setting_is_refused() {
        assert!(toml::from_str::<Config>("session_idle = 1").is_err());
        assert!(toml::from_str::<Config>("session_idle_s = 60").is_err());
    }
}
