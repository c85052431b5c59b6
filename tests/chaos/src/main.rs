//! `./intraparis chaos`: rounds of faults, and a report.

use anyhow::{Context, ensure};
use chaos::plan::Plan;
use chaos::{Harness, Outcome, Report};
use clap::Parser;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// Break the service at random moments, and prove that nothing was lost.
#[derive(Debug, Parser)]
#[command(name = "chaos", max_term_width = 100)]
struct Arguments {
    /// How many rounds.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    rounds: u64,
    /// What the faults are drawn from; the same seed brings the same faults. Without it, another one each time.
    #[arg(long)]
    seed: Option<u64>,
    /// The first round to run: with the seed, it brings one round back.
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// How long faults strike in each round, in milliseconds.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(100..))]
    storm_ms: u64,
    /// The program; without it, the one beside this.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Where the logs of rounds go in which a promise was broken.
    #[arg(long, value_name = "DIRECTORY", default_value = "target/chaos")]
    logs: PathBuf,
}

fn main() -> ExitCode {
    let run =
        || tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(until_told(Arguments::parse()));
    match run() {
        Ok(code) => code,
        Err(error) => {
            // Where standard error is closed there is nobody to tell.
            let _ = writeln!(io::stderr(), "chaos: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs until it is done or told to stop: what was started is ended, and what came of it told, either way.
async fn until_told(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let mut report = Report::default();
    let told = tokio::select! {
        ended = run(&arguments, &mut report) => ended.map(|()| false)?,
        _ = terminate.recv() => true,
        _ = interrupt.recv() => true,
    };
    writeln!(io::stdout(), "{report}")?;
    ensure!(!told, "told to stop after {} of {} rounds", report.rounds, arguments.rounds);
    Ok(if report.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn run(arguments: &Arguments, report: &mut Report) -> anyhow::Result<()> {
    let seed = arguments.seed.unwrap_or_else(rand::random);
    let program = match &arguments.program {
        Some(program) => program.clone(),
        None => std::env::current_exe()?.with_file_name("intraparis"),
    };
    let harness = Harness::start(&program).await?;
    let mut out = io::stdout();
    writeln!(out, "seed {seed}")?;
    report.left_out = harness.left_out();
    for left_out in &report.left_out {
        writeln!(out, "left out: {left_out}")?;
    }
    let last = arguments.first.checked_add(arguments.rounds).context("so many rounds there are not")?;
    for number in arguments.first..last {
        let plan = Plan::of_round(seed, number, Duration::from_millis(arguments.storm_ms));
        let database = format!("round_{number}");
        let outcome =
            harness.round(&plan, &database).await.with_context(|| format!("round {number} of seed {seed}"))?;
        harness.forget(&database).await?;
        report.add(&outcome);
        report.database_restarts = harness.database_restarts();
        if !outcome.violations.is_empty() {
            tell(&mut out, seed, number, &plan, &outcome)?;
            keep(&arguments.logs, seed, number, &outcome)?;
        }
    }
    harness.end().await
}

fn tell(out: &mut impl Write, seed: u64, number: u64, plan: &Plan, outcome: &Outcome) -> io::Result<()> {
    writeln!(out, "round {number} is broken; again: ./intraparis chaos --seed {seed} --first {number} --rounds 1")?;
    writeln!(out, "  {} clients", plan.clients)?;
    for strike in &plan.strikes {
        writeln!(out, "  {:5} ms  {}", strike.at.as_millis(), strike.fault)?;
    }
    for violation in outcome.violations.iter().take(20) {
        writeln!(out, "  {violation}")?;
    }
    if outcome.violations.len() > 20 {
        writeln!(out, "  and {} more", outcome.violations.len() - 20)?;
    }
    Ok(())
}

fn keep(logs: &Path, seed: u64, number: u64, outcome: &Outcome) -> anyhow::Result<()> {
    std::fs::create_dir_all(logs).with_context(|| format!("cannot make {}", logs.display()))?;
    let path = logs.join(format!("{seed}-{number}.log"));
    let text = format!("{}\n\n{:#?}\n", outcome.log.join("\n"), outcome.history);
    std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}
