//! Which faults strike a round, and when: drawn from a seed, so that the seed alone brings them back.

use rand::Rng;
use rand::SeedableRng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use std::fmt;
use std::time::Duration;

/// The roles of the processes of a round, each the subcommand that starts it.
pub const NODES: [&str; 6] = ["write-api", "write-api", "read-api", "read-api", "projector", "projector"];

/// One of [`NODES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node(pub usize);

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", NODES.get(self.0).copied().unwrap_or_default(), self.0 % 2 + 1)
    }
}

/// Clients of most rounds, and of those in which the journal's batches are to be great.
pub const FEW: usize = 6;
/// See [`FEW`].
pub const CROWD: usize = 32;

/// Projections that an operator has rebuilt while faults strike: one with few rows, one with many, one of leave.
const REBUILT: [&str; 3] = ["accounts_v1", "audit_trail_v1", "absences_v1"];

/// Whose clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// That of one process.
    Node(Node),
    /// That of PostgreSQL.
    Database,
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(node) => node.fmt(f),
            Self::Database => f.write_str("PostgreSQL"),
        }
    }
}

/// What breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// SIGKILL; what keeps the processes starts it again.
    Kill(Node),
    /// SIGSTOP, and SIGCONT later.
    Pause(Node, Duration),
    /// SIGKILL to all processes of PostgreSQL in one moment.
    KillDatabase,
    /// SIGSTOP to all processes of PostgreSQL, and SIGCONT later.
    PauseDatabase(Duration),
    /// Every connection from this process to PostgreSQL ends.
    Cut(Node),
    /// What PostgreSQL answers to this process is lost for a while, then its connections end: what it asked is done.
    LoseAnswers(Node, Duration),
    /// Nothing passes between this process and PostgreSQL for a while; no connection ends.
    Stall(Node, Duration),
    /// PostgreSQL's disk has no block left for a while.
    FillDisk(Duration),
    /// A clock is so many seconds off from now on.
    Jump(Clock, i64),
    /// No fault, but what has to outlast those that strike meanwhile: an operator has this projection rebuilt.
    Rebuild(&'static str),
}

impl Fault {
    /// The name under which faults of this kind are counted.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Kill(_) => "SIGKILL to a process",
            Self::Pause(..) => "SIGSTOP and SIGCONT to a process",
            Self::KillDatabase => "SIGKILL to PostgreSQL",
            Self::PauseDatabase(_) => "SIGSTOP and SIGCONT to PostgreSQL",
            Self::Cut(_) => "connections cut",
            Self::LoseAnswers(..) => "answers lost, then connections cut",
            Self::Stall(..) => "connections stalled",
            Self::FillDisk(_) => "disk full",
            Self::Jump(..) => "clock jump",
            Self::Rebuild(_) => "rebuild of a projection",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())?;
        match self {
            Self::KillDatabase => Ok(()),
            Self::Kill(node) | Self::Cut(node) => write!(f, ": {node}"),
            Self::Pause(node, time) | Self::LoseAnswers(node, time) | Self::Stall(node, time) => {
                write!(f, ": {node}, {} ms", time.as_millis())
            }
            Self::PauseDatabase(time) | Self::FillDisk(time) => write!(f, ": {} ms", time.as_millis()),
            Self::Jump(clock, seconds) => write!(f, ": {clock}, {seconds:+} s"),
            Self::Rebuild(projection) => write!(f, ": {projection}"),
        }
    }
}

/// A fault and its moment, from the beginning of the storm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strike {
    /// When.
    pub at: Duration,
    /// What.
    pub fault: Fault,
}

/// The faults of one round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What it was drawn from; the clients draw from it too.
    pub seed: u64,
    /// How many clients send commands.
    pub clients: usize,
    /// How long commands are sent while faults strike.
    pub storm: Duration,
    /// The faults, in the order of their moments.
    pub strikes: Vec<Strike>,
}

impl Plan {
    /// The plan of the round `round` of a run. The plan of a round does not depend on how many there are.
    #[must_use]
    pub fn of_round(seed: u64, round: u64, storm: Duration) -> Self {
        let mut of_run = ChaCha8Rng::seed_from_u64(seed);
        of_run.set_stream(round);
        let seed = of_run.random();
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut strikes: Vec<Strike> = (0..random.random_range(3..=8))
            .map(|_| {
                let at = storm.mul_f64(random.random_range(0.05..0.9));
                Strike { at, fault: fault(&mut random, storm) }
            })
            .collect();
        if random.random_bool(0.3) {
            let projection = REBUILT.choose(&mut random).unwrap_or(&"accounts_v1");
            let at = storm.mul_f64(random.random_range(0.05..0.6));
            strikes.push(Strike { at, fault: Fault::Rebuild(projection) });
        }
        strikes.sort_by_key(|strike| strike.at);
        let clients = if random.random_bool(0.25) { CROWD } else { FEW };
        Self { seed, clients, storm, strikes }
    }

    /// A round in which nothing breaks.
    #[must_use]
    pub const fn calm(seed: u64, storm: Duration) -> Self {
        Self { seed, clients: FEW, storm, strikes: Vec::new() }
    }
}

fn fault(random: &mut ChaCha8Rng, storm: Duration) -> Fault {
    let node = Node(random.random_range(0..NODES.len()));
    let while_ = storm.mul_f64(random.random_range(0.02..0.5));
    match random.random_range(0..100) {
        0..22 => Fault::Kill(node),
        22..34 => Fault::Pause(node, while_),
        34..48 => Fault::KillDatabase,
        48..55 => Fault::PauseDatabase(while_ / 2),
        55..65 => Fault::Cut(node),
        65..75 => Fault::LoseAnswers(node, while_ / 10),
        75..82 => Fault::Stall(node, while_),
        82..88 => Fault::FillDisk(while_ / 2),
        _ => {
            let seconds = *[-86_400, -7_200, -90, -2, 2, 90, 7_200, 86_400].choose(random).unwrap_or(&2);
            let clock = if random.random_bool(0.5) { Clock::Database } else { Clock::Node(node) };
            Fault::Jump(clock, seconds)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORM: Duration = Duration::from_secs(2);

    #[test]
    fn a_seed_brings_its_plan_back_and_another_round_has_another() {
        assert_eq!(Plan::of_round(7, 3, STORM), Plan::of_round(7, 3, STORM));
        assert_ne!(Plan::of_round(7, 3, STORM), Plan::of_round(7, 4, STORM));
        assert_ne!(Plan::of_round(7, 3, STORM), Plan::of_round(8, 3, STORM));
    }

    #[test]
    fn every_kind_of_fault_is_drawn_within_its_storm_and_in_order() {
        let strikes: Vec<Vec<Strike>> = (0..100).map(|round| Plan::of_round(1, round, STORM).strikes).collect();
        let kinds: std::collections::BTreeSet<_> = strikes.iter().flatten().map(|strike| strike.fault.kind()).collect();
        assert_eq!(kinds.len(), 10, "{kinds:?}");
        assert!(strikes.iter().all(|round| round.is_sorted_by_key(|strike| strike.at)));
        assert!(strikes.iter().flatten().all(|strike| strike.at < STORM));
    }
}
