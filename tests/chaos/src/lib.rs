//! Faults at random moments in real processes, and proof that nothing was lost.
//!
//! ```text
//!  Plan (a seed) ─▶ Cluster: write-api ×2, read-api ×2, projector ×2, PostgreSQL ◀─ writers, readers
//!                      ▲ SIGKILL, SIGSTOP, cut and stalled wires, full disk, clocks        │
//!                                                                                          ▼
//!                                  Evidence (SQL when all has come to rest) ─▶ check ◀─ History
//! ```
//!
//! Nothing here uses a crate of the service: it is met as its clients, its operators and its database meet it.

pub mod check;
mod clock;
mod cluster;
mod disk;
pub mod evidence;
pub mod history;
mod look;
mod node;
pub mod plan;
mod postgres;
mod process;
mod proxy;
mod reader;
mod report;
mod round;
mod scene;
mod world;
mod writer;

pub use report::Report;
pub use round::{Harness, Outcome};
