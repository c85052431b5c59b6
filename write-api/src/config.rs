//! Settings of the write side.

use crate::account::password::MAX_CODE_POINTS;
use chrono::TimeDelta;
use commands::account::{InvalidLockoutPolicy, LockoutPolicy};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use std::time::Duration;

/// Settings of logins, passwords and sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Consecutive failures that suspend an account: 3.
    pub max_failures: u8,
    /// How long an attempt may take from its slot to its outcome before it counts as a failure, in seconds: 30.
    pub slot_s: u32,
    /// How long an attempt waits for a slot before it is told to come back, in milliseconds: 5000.
    pub slot_patience_ms: u32,
    /// A failed login is answered so long after it came at the earliest, in milliseconds: 250. Below it nothing tells
    /// whether a name is an account's, or suspended.
    pub failure_floor_ms: u32,
    /// Passwords hashed at once, each on a thread of its own; 0 for as many as there are cores.
    pub hashing_threads: usize,
    /// Passwords that wait for a thread; the next login is told to come back: 200.
    pub hashing_queue: usize,
    /// A session ends when it is not used for so long, in seconds: 1800.
    pub session_idle_s: u32,
    /// A session ends so long after its login, in seconds: 43200.
    pub session_absolute_s: u32,
    /// An initial code opens nothing any more after so many days: 21.
    pub initial_code_days: u16,
    /// The shortest personal password, in code points: 15.
    pub password_min_length: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            max_failures: 3,
            slot_s: 30,
            slot_patience_ms: 5_000,
            failure_floor_ms: 250,
            hashing_threads: 0,
            hashing_queue: 200,
            session_idle_s: 1_800,
            session_absolute_s: 43_200,
            initial_code_days: 21,
            password_min_length: 15,
        }
    }
}

impl Config {
    /// What [`Config::password_min_length`] may be: shorter passwords are guessed within the attempts that three strikes
    /// leave (CNIL, délibération 2022-100), longer ones are not taken.
    pub const PASSWORD_MIN_LENGTHS: RangeInclusive<usize> = 8..=MAX_CODE_POINTS;

    pub(crate) fn lockout_policy(&self) -> Result<LockoutPolicy, InvalidLockoutPolicy> {
        LockoutPolicy::new(self.max_failures, TimeDelta::seconds(self.slot_s.into()))
    }

    pub(crate) fn slot_patience(&self) -> Duration {
        Duration::from_millis(self.slot_patience_ms.into())
    }

    pub(crate) fn failure_floor(&self) -> Duration {
        Duration::from_millis(self.failure_floor_ms.into())
    }

    pub(crate) fn session_idle(&self) -> TimeDelta {
        TimeDelta::seconds(self.session_idle_s.into())
    }

    pub(crate) fn session_absolute(&self) -> TimeDelta {
        TimeDelta::seconds(self.session_absolute_s.into())
    }

    pub(crate) fn initial_code_lifetime(&self) -> TimeDelta {
        TimeDelta::days(self.initial_code_days.into())
    }
}
