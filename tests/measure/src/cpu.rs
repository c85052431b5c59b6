//! Processor time, of this program, of what it ran, and of the server: on a shared machine steadier than rates.

use std::fs;
use std::time::Duration;

/// Clock ticks a second in `/proc` (`USER_HZ`), the same on every Linux.
const TICKS: u64 = 100;

/// Whose time is counted.
#[derive(Clone, Copy, Debug)]
pub struct Accounts {
    postmaster: Option<u32>,
}

impl Accounts {
    /// Of this program and of a server on this machine.
    pub const fn with(postmaster: Option<u32>) -> Self {
        Self { postmaster }
    }

    /// The time spent since `before`, which [`Accounts::spent`] told.
    pub fn since(self, before: Option<Duration>) -> Option<Duration> {
        self.spent().zip(before).map(|(after, before)| after.saturating_sub(before))
    }

    /// The time spent up to now; none where it cannot be known.
    pub fn spent(self) -> Option<Duration> {
        let postmaster = self.postmaster?;
        let server: u64 = fs::read_dir("/proc")
            .ok()?
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .filter_map(Times::of)
            .filter(|times| times.parent == postmaster)
            .map(|times| times.own)
            .sum();
        let (postmaster, this) = (Times::of(postmaster)?, Times::of(std::process::id())?);
        let ticks = server + postmaster.own + postmaster.children + this.own + this.children;
        Some(Duration::from_millis(ticks * 1_000 / TICKS))
    }
}

/// What `/proc/PID/stat` says, in ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Times {
    parent: u32,
    own: u64,
    children: u64,
}

impl Times {
    fn of(process: u32) -> Option<Self> {
        Self::parse(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?)
    }

    /// The fields of proc_pid_stat(5) after the program's name, which may hold anything.
    fn parse(stat: &str) -> Option<Self> {
        let (_, after) = stat.rsplit_once(") ")?;
        let fields: Vec<&str> = after.split(' ').collect();
        let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
        let parent = fields.get(1)?.parse().ok()?;
        Some(Self { parent, own: number(11)? + number(12)?, children: number(13)? + number(14)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_program_may_hold_anything() {
        let stat = "42 (a ) b) S 7 42 42 0 -1 4194560 1 2 3 4 100 20 30 4 20 0 1 0 5 6 7";
        assert_eq!(Times::parse(stat), Some(Times { parent: 7, own: 120, children: 34 }));
    }
}
