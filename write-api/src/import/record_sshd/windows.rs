//! The attempts of a log on their way from the thread that reads it, a window at a time.

use crate::import::sshd::Attempt;
use std::collections::HashMap;
use tokio::sync::mpsc;

/// Attempts that are recorded side by side at most: positions stray no further from the order of time.
const WINDOW: usize = 512;

/// An attempt, and how many lines before it say the same.
#[derive(Debug)]
pub(super) struct Occurrence {
    pub(super) attempt: Attempt,
    pub(super) number: u32,
}

/// Windows that are being filled.
pub(super) struct Windows {
    send: mpsc::Sender<Vec<Occurrence>>,
    window: Vec<Occurrence>,
    said: HashMap<[u8; 32], u32>,
}

/// Windows, and who takes them when they are full.
pub(super) fn windows() -> (Windows, mpsc::Receiver<Vec<Occurrence>>) {
    let (send, full) = mpsc::channel(2);
    (Windows { send, window: Vec::with_capacity(WINDOW), said: HashMap::new() }, full)
}

impl Windows {
    /// Adds an attempt, and says whether windows are still taken: an import that broke off takes none.
    pub(super) fn push(&mut self, attempt: Attempt) -> bool {
        let before = self.said.entry(attempt.sha256).or_default();
        self.window.push(Occurrence { number: *before, attempt });
        *before += 1;
        self.window.len() < WINDOW || self.send.blocking_send(std::mem::take(&mut self.window)).is_ok()
    }

    /// Sends what is left.
    pub(super) fn end(self) {
        // Nobody may wait for it any more.
        let _ = self.send.blocking_send(self.window);
    }
}
