//! What the command line says.

use crate::Bench;
use clap::Parser;
use std::path::PathBuf;
use std::time::Duration;

/// Measures the journal beside esrs, cqrs-es, plain INSERTs and pgbench, and writes docs/benchmarks.md.
#[derive(Debug, Parser)]
#[command(name = "intraparis bench", version)]
pub struct Arguments {
    /// What to measure; everything without a name.
    #[arg(value_enum, value_name = "NAME")]
    names: Vec<Bench>,
    /// Rounds, of which the median counts.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=101))]
    rounds: u32,
    /// Seconds that each contender is under load in a round.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    seconds: u64,
    /// Numbers of concurrent clients, separated by commas.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64, 256], value_parser = clap::value_parser!(u16).range(1..=256))]
    clients: Vec<u16>,
    /// Events that projections catch up over.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    events: u64,
    /// The folder that benchmarks.md and its charts are written to.
    #[arg(long, default_value = "docs")]
    pub output: PathBuf,
    /// A PostgreSQL to measure on, as a URL for a role that may make databases; without one, a private one is started.
    /// Databases named intraparis_bench_… are made on it and dropped afterwards, also those that an earlier run left behind;
    /// one of such a name that is not ours is left alone, and nothing is measured.
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
}

/// How much is measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Rounds, of which the median counts.
    pub rounds: u32,
    /// How long each contender is under load in a round.
    pub duration: Duration,
    /// Numbers of concurrent clients, ascending.
    pub clients: Vec<usize>,
    /// Events that projections catch up over.
    pub events: u64,
}

impl Arguments {
    /// What to measure, each once, in the order of the document.
    pub fn benches(&self) -> Vec<Bench> {
        let chosen = |bench: &Bench| self.names.is_empty() || self.names.contains(bench);
        Bench::ALL.iter().copied().filter(chosen).collect()
    }

    /// How much of it.
    pub fn plan(&self) -> Plan {
        let mut clients: Vec<usize> = self.clients.iter().map(|count| usize::from(*count)).collect();
        clients.sort_unstable();
        clients.dedup();
        Plan { rounds: self.rounds, duration: Duration::from_secs(self.seconds), clients, events: self.events }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(arguments: &[&str]) -> String {
        Arguments::try_parse_from([&["bench"], arguments].concat()).unwrap_err().to_string()
    }

    #[test]
    fn bad_input_is_named() {
        assert!(refusal(&["appendages"]).contains("'appendages'"));
        assert!(refusal(&["--clients", "0"]).contains("--clients"));
        assert!(refusal(&["--clients", "16,0"]).contains("--clients"));
        assert!(refusal(&["--rounds", "0"]).contains("--rounds"));
        assert!(refusal(&["--seconds", "0"]).contains("--seconds"));
    }

    #[test]
    fn each_bench_runs_once_and_in_the_order_of_the_document() {
        let arguments = Arguments::parse_from(["bench", "cycles", "appends", "cycles"]);
        assert_eq!(arguments.benches(), [Bench::Appends, Bench::Cycles]);
        assert_eq!(Arguments::parse_from(["bench"]).benches(), Bench::ALL);
    }

    #[test]
    fn counts_of_clients_ascend_and_stand_once() {
        let arguments = Arguments::parse_from(["bench", "--clients", "64,1,64"]);
        assert_eq!(arguments.plan().clients, [1, 64]);
    }

    #[test]
    fn the_script_refuses_before_anything_is_built() {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../intraparis");
        let (docs, theirs) = (concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs"), tempfile::tempdir().unwrap());
        std::fs::write(theirs.path().join("benchmarks.md"), "# Benchmarks of my own").unwrap();
        let theirs = theirs.path().to_str().unwrap();
        for (arguments, named) in [
            (["nonsense", "appends"], "nonsense"),
            (["--rounds", "0"], "--rounds"),
            (["appends", "--clients=16,0"], "--clients"),
            (["--seconds", "two"], "--seconds"),
            (["--cients", "16"], "--cients"),
            (["appends", "-v"], "-v"),
            (["--output", docs], "cycle"),
            // The kernel lets nobody make a file there, not even root.
            (["--output", "/proc"], "cannot write to /proc"),
            (["--output", theirs], "is not ours"),
            (["--server", "nonsense"], "--server is not"),
        ] {
            // The last is no name, so that nothing is built whatever comes of the others.
            let mut script = std::process::Command::new(script);
            let told = script.arg("bench").args(arguments).arg("cycle").output().unwrap();
            let said = String::from_utf8(told.stderr).unwrap();
            assert!(!told.status.success() && said.contains(named) && !said.contains("building"), "{said}");
        }
    }
}
