//! The private PostgreSQL, from outside: real servers, real signals, real full disks.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

mod deaths;
mod places;
mod program;
mod refusals;
mod riders;
mod starts;
mod temporary;
