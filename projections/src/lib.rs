//! What is shown: read models folded from the journal, and the runner that feeds them.
//!
//! ```text
//!  journal ─▶ Page ─▶ Feed ─▶ one transaction: checkpoint and lease · Rows::load · handlers of esrs · Rows::write
//!                      │
//!                      ├─ Runner: the live tables, one leader a projection, woken by the head; Together reads once for all
//!                      ├─ rebuild: tables beside them, put in their place
//!                      └─ verify: tables beside them, compared row by row
//! ```
//!
//! A read model is one module: its table (in `migrations`), its fold, its queries. It is added by one line in
//! [`all`]. Exactly once: rows and checkpoint move in one transaction, which names the epoch of its lease and the
//! position that it moves from.

pub mod account;
pub mod audit;
mod checkpoint;
mod column;
mod config;
mod error;
mod exclusions;
mod feed;
mod fold;
mod halt;
mod json;
mod lag;
mod lease;
pub mod leave;
mod page;
mod place;
mod projection;
mod rebuild;
mod retry;
mod runner;
mod shadow;
mod stream;
mod together;
mod verify;
mod wait;

pub use config::Config;
pub use error::{Contradiction, ProjectionError};
pub use exclusions::Exclusions;
pub use fold::{Fold, Rows};
pub use halt::Halt;
pub use lag::{Activity, Standing, standings};
pub use projection::{Declaration, Projection};
pub use rebuild::{Progress, RebuildError, Unfoldable, discard, rebuild};
pub use runner::Runner;
pub use stream::Stream;
pub use verify::{Compared, Verified, verify};
pub use wait::{Behind, Positions};

/// Every projection.
#[must_use]
pub fn all() -> Vec<Projection> {
    let mut all = vec![
        account::accounts::projection(),
        audit::trail::projection(),
        audit::readings::projection(),
        audit::proof_readings::projection(),
    ];
    all.extend(leave::projections());
    all
}
