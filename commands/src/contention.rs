//! Several processes that contend for one stream.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;
use tokio::time::Instant;

const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(16);

/// How long a command goes on while other processes are first.
///
/// Time bounds it and no number of tries: each of the others is first as often as it has callers waiting.
#[derive(Debug)]
pub(crate) struct Contention {
    patience: Duration,
    until: Option<Instant>,
    pause: Duration,
}

impl Contention {
    /// Goes on for `patience` from the first time that somebody else is first.
    pub(crate) const fn new(patience: Duration) -> Self {
        Self { patience, until: None, pause: FIRST_PAUSE }
    }

    /// Pauses after somebody else was first, for a random part of a time that doubles, so that processes fall out of
    /// step; `false` at the end of patience.
    #[expect(clippy::disallowed_methods, reason = "the others tell nobody when they are done")]
    pub(crate) async fn goes_on(&mut self) -> bool {
        let now = Instant::now();
        if now >= *self.until.get_or_insert(now + self.patience) {
            return false;
        }
        let part = RandomState::new().hash_one(self.pause) % 1_000;
        tokio::time::sleep(self.pause.mul_f64(part as f64 / 1_000.0)).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn contention_ends_with_patience() {
        assert!(!Contention::new(Duration::ZERO).goes_on().await);
        let mut contention = Contention::new(Duration::from_secs(3_600));
        for _ in 0..3 {
            assert!(contention.goes_on().await);
        }
        contention.until = Some(Instant::now());
        assert!(!contention.goes_on().await);
    }
}
