//! The benchmarks by their names.

use clap::ValueEnum;
use std::fmt;

/// The name of a bench, in the order of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Bench {
    /// One event to one of 1,000 streams, beside every contender.
    Appends,
    /// Load, decide, append, beside every contender.
    Cycles,
    /// What each part of ours costs.
    Costs,
    /// 1, 3 and 8 writer processes on one database.
    Processes,
    /// Streams of 10, 1,000 and 100,000 events, with and without snapshot.
    Loading,
    /// Catch-up over 1,000,000 events, rebuild and swap, time from commit to visible.
    Projections,
    /// Logins beside Argon2id, reads beside axum and sqlx, memory under 1,000 open streams.
    Http,
    /// Leave submitted and approved beside the journal's limit; a balance, a calendar, a queue.
    Leave,
}

impl Bench {
    /// Every bench.
    pub const ALL: &'static [Self] = &[
        Self::Appends,
        Self::Cycles,
        Self::Costs,
        Self::Processes,
        Self::Loading,
        Self::Projections,
        Self::Http,
        Self::Leave,
    ];

    /// What it measures.
    pub fn about(self) -> String {
        let value = self.to_possible_value();
        value.and_then(|value| value.get_help().map(ToString::to_string)).unwrap_or_default()
    }
}

impl fmt::Display for Bench {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}
