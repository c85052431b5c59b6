//! The journal measured beside what people would pick instead: `./intraparis bench [NAME…]`.
//!
//! Everything is measured on one durable PostgreSQL, contenders taking turns within each round, so that a shared machine's
//! moods hit all alike. What is told is the median of the rounds with its minimum and maximum, and ratios.

mod arguments;
mod benches;
mod contenders;
mod cpu;
mod load;
mod report;
mod server;
mod workload;

use arguments::Arguments;
use benches::http::bare::Bare;
use benches::processes::Writer;
use clap::Parser;
use report::Document;
use server::Server;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> ExitCode {
    let done = match (Writer::from_command_line(), Bare::from_command_line()) {
        (Some(writer), _) => writer.run().await,
        (None, Some(bare)) => bare.run().await,
        (None, None) => run(Arguments::parse()).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("intraparis bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let names = arguments.benches();
    // Before minutes are spent: can what is measured be written?
    let mut document = Document::open(&arguments.output)?;
    let server = Server::start(arguments.server.as_deref()).await?;
    let measured = async {
        server.clear().await?;
        let machine = report::machine::describe(&server, &arguments.plan()).await?;
        for name in names {
            eprintln!("== {name}: {}", name.about());
            let section = benches::run(name, &server, &arguments.plan()).await?;
            print!("{}", section.for_terminal());
            document.put(name, &section, &machine)?;
        }
        anyhow::Ok(())
    };
    let mut told = signal(SignalKind::terminate())?;
    let measured = tokio::select! {
        measured = measured => measured,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted; what was measured before stands in the document")),
        _ = told.recv() => Err(anyhow::anyhow!("told to stop; what was measured before stands in the document")),
    };
    server.stop().await?;
    measured
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_to_is_named_before_a_server_is_looked_for() {
        // The kernel lets nobody make a file there, not even root.
        let arguments = ["bench", "appends", "--output", "/proc", "--server", "postgresql://127.0.0.1:1/none"];
        let told = run(Arguments::parse_from(arguments)).await.unwrap_err().to_string();
        assert_eq!(told, "--output: cannot write to /proc");
    }
}
