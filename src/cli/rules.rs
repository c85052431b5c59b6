//! `intraparis rules`: the rules of law, held against worked cases.

use super::answer;
use clap::Subcommand;
use std::path::PathBuf;
use std::process::ExitCode;

/// Check worked cases against the rules of law.
#[derive(Debug, Subcommand)]
pub enum Rules {
    /// Run each line of these files through the rules, and say what differs.
    Check {
        /// Files of cases: `.jsonl` of rules, or `.csv` of day counts with its `patterns.json` beside.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Rules {
    /// Checks; the code is 1 when anything differs.
    ///
    /// # Errors
    /// When the law that this build carries cannot be read.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let Self::Check { files, json } = self;
        let report = rules::cases::check(&files)?;
        answer(&report, json)?;
        Ok(if report.passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
