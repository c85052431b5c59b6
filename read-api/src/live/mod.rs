//! What is sent as it happens.
//!
//! However many event streams are open, the trail is read once, by [`tail`], and sessions are looked at together, by
//! [`attendance`]. A stream that cannot keep up reads the database itself until it has caught up: nothing is queued
//! for it without bound.

mod attendance;
mod follow;
mod tail;

pub(crate) use follow::follow;

use crate::config::Config;
use crate::sessions::SessionRows;
use attendance::Attendance;
pub(crate) use attendance::Seat;
use projections::Positions;
use sqlx::PgPool;
use tail::Tail;
use tokio_util::sync::CancellationToken;
use web::Problem;
use web::token::TokenHash;

/// What all event streams of a process share.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    tail: Tail,
    attendance: Attendance,
}

impl Live {
    /// Starts the tasks, which end with `stop`.
    pub(crate) fn start(
        pool: PgPool,
        positions: Positions,
        sessions: SessionRows,
        config: &Config,
        stop: CancellationToken,
    ) -> Self {
        Self { tail: Tail::start(pool, positions, stop.clone()), attendance: Attendance::start(sessions, config, stop) }
    }

    /// A seat for one event stream of this session.
    ///
    /// # Errors
    /// 503 `unavailable` when all are taken.
    pub(crate) fn attend(&self, token: TokenHash) -> Result<Seat, Problem> {
        self.attendance.seat(token)
    }
}
