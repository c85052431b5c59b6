//! Attempts at one account stand in line, so that however many wait for a slot, one of them watches the journal.

use events::AccountId;
use std::hash::{BuildHasher, RandomState};
use tokio::sync::{Mutex, MutexGuard};

/// Accounts share that many lines.
const LINES: usize = 1_024;

#[derive(Debug)]
pub(crate) struct Line {
    turns: Vec<Mutex<()>>,
    hasher: RandomState,
}

impl Default for Line {
    fn default() -> Self {
        Self { turns: std::iter::repeat_with(Mutex::default).take(LINES).collect(), hasher: RandomState::new() }
    }
}

impl Line {
    /// Waits for the head of the line, first come, first served; nothing depends on it but the load.
    pub(crate) async fn turn(&self, account: AccountId) -> Option<MutexGuard<'_, ()>> {
        let line = usize::try_from(self.hasher.hash_one(account)).unwrap_or_default() % LINES;
        match self.turns.get(line) {
            Some(turn) => Some(turn.lock().await),
            None => None,
        }
    }
}
