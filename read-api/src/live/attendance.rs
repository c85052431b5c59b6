//! Ends event streams with their sessions: one look a second at all of them together.

use crate::config::Config;
use crate::sessions::SessionRows;
use events::account::Role;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use web::Problem;
use web::token::TokenHash;

/// Who attends: of each session, how many streams, and what ends them.
type Attending = HashMap<TokenHash, (usize, CancellationToken)>;

/// The event streams that are open.
#[derive(Clone, Debug)]
pub(crate) struct Attendance {
    attending: Arc<Mutex<Attending>>,
    seats: Arc<Semaphore>,
    stop: CancellationToken,
}

/// The place of one open event stream.
#[derive(Debug)]
pub(crate) struct Seat {
    attendance: Attendance,
    token: TokenHash,
    /// When to end.
    pub(super) end: CancellationToken,
    _seat: OwnedSemaphorePermit,
}

impl Attendance {
    pub(super) fn start(sessions: SessionRows, config: &Config, stop: CancellationToken) -> Self {
        let attendance = Self {
            attending: Arc::default(),
            seats: Arc::new(Semaphore::new(config.open_streams.min(Semaphore::MAX_PERMITS))),
            stop,
        };
        let mut looks = tokio::time::interval(config.session_watch());
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let watching = attendance.clone();
        tokio::spawn(async move {
            while watching.stop.run_until_cancelled(looks.tick()).await.is_some() {
                watching.look(&sessions).await;
            }
        });
        attendance
    }

    pub(super) fn seat(&self, token: TokenHash) -> Result<Seat, Problem> {
        let seat = Arc::clone(&self.seats).try_acquire_owned().map_err(Problem::unavailable)?;
        let mut attending = self.attending();
        let (streams, end) = attending.entry(token).or_insert_with(|| (0, self.stop.child_token()));
        *streams += 1;
        let end = end.clone();
        drop(attending);
        Ok(Seat { attendance: self.clone(), token, end, _seat: seat })
    }

    /// Ends the streams of sessions that ended, or whose account is no auditor's any more. While the database does
    /// not answer, streams stay: it gives them nothing either.
    async fn look(&self, sessions: &SessionRows) {
        let tokens: Vec<TokenHash> = self.attending().keys().copied().collect();
        if tokens.is_empty() {
            return;
        }
        match sessions.open(&tokens).await {
            Ok(open) => {
                let may_go_on =
                    |token| open.get(token).is_some_and(|found| found.grants.roles.contains(&Role::Auditor));
                let mut attending = self.attending();
                for token in tokens.iter().filter(|token| !may_go_on(token)) {
                    if let Some((_, end)) = attending.remove(token) {
                        end.cancel();
                    }
                }
            }
            Err(error) => tracing::warn!(error = %error, "the sessions of event streams cannot be looked at"),
        }
    }

    fn attending(&self) -> MutexGuard<'_, Attending> {
        self.attending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut attending = self.attendance.attending();
        if self.end.is_cancelled() {
            return;
        }
        if let Some((streams, _)) = attending.get_mut(&self.token) {
            *streams -= 1;
            if *streams == 0 {
                attending.remove(&self.token);
            }
        }
    }
}
