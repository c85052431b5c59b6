//! The portal of the municipal agents of Paris: one binary, every role.

mod cli;
mod config;
mod connections;
mod database;
mod demo;
mod operations;
mod serve;
mod shutdown;
mod telemetry;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::Arguments::try_parse() {
        Ok(arguments) => arguments.run(),
        Err(error) => cli::misread(&error),
    }
}
