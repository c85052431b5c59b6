//! The portal of the municipal agents of Paris: one binary, every role.

mod cli;
mod config;
mod database;
mod demo;
mod operations;
mod serve;
mod shutdown;
mod telemetry;

use clap::Parser;
use mimalloc::MiMalloc;
use std::process::ExitCode;

/// Gives back what it frees: glibc's keeps the 19 MiB of each password hashed, once for each thread that ever did.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cli::Arguments::parse().run()
}
