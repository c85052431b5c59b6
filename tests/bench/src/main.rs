//! The journal measured beside what people would pick instead: `./intraparis bench [NAME…]`.
//!
//! Everything is measured on one durable PostgreSQL, contenders taking turns within each round, so that a shared machine's
//! moods hit all alike. What is told is the median of the rounds with its minimum and maximum, and ratios.

mod benches;
mod contenders;
mod workload;

use benches::http::bare::Bare;
use benches::processes::Writer;
use clap::Parser;
use measure::arguments::Arguments;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let done = match (Writer::from_command_line(), Bare::from_command_line()) {
        (Some(writer), _) => writer.run().await,
        (None, Some(bare)) => bare.run().await,
        (None, None) => measure::run(Arguments::parse(), benches::run).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("intraparis bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}
