//! One run: what is asked for is measured on one server, part by part, and written.

use crate::Bench;
use crate::arguments::{Arguments, Plan};
use crate::report::{Document, Section, machine};
use crate::server::Server;
use tokio::signal::unix::{SignalKind, signal};

/// Measures what the arguments name, each by `bench`, and writes it.
///
/// # Errors
/// When the folder or the server cannot be taken, when something cannot be measured or written, and when the run is told
/// to stop; what was measured before stands in the document.
pub async fn run(
    arguments: Arguments,
    bench: impl AsyncFn(Bench, &Server, &Plan) -> anyhow::Result<Section>,
) -> anyhow::Result<()> {
    // Before minutes are spent: can what is measured be written?
    let mut document = Document::open(&arguments.output)?;
    let server = Server::start(arguments.server.as_deref()).await?;
    let measured = async {
        server.clear().await?;
        let plan = arguments.plan();
        let machine = machine::describe(&server, &plan).await?;
        for name in arguments.benches() {
            eprintln!("== {name}: {}", name.about());
            let section = bench(name, &server, &plan).await?;
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
    use clap::Parser;
    use std::fs;

    /// Measures nothing, in a database of its own.
    async fn nothing(name: Bench, server: &Server, _: &Plan) -> anyhow::Result<Section> {
        let database = server.database(&name.to_string()).await?;
        database.migrate().await?;
        server.drop(database).await?;
        Ok(Section { title: "Nothing", ..Section::default() })
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_to_is_named_before_a_server_is_looked_for() {
        // The kernel lets nobody make a file there, not even root.
        let arguments = ["bench", "appends", "--output", "/proc", "--server", "postgresql://127.0.0.1:1/none"];
        let told = run(Arguments::parse_from(arguments), nothing).await.unwrap_err().to_string();
        assert_eq!(told, "--output: cannot write to /proc");
    }

    #[tokio::test]
    async fn what_is_named_is_measured_and_written_with_the_machine() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().to_str().unwrap();
        let arguments = Arguments::parse_from(["bench", "leave", "cycles", "--output", output]);
        run(arguments, nothing).await.unwrap();
        let text = fs::read_to_string(folder.path().join("benchmarks.md")).unwrap();
        assert_eq!(text.matches("## Nothing").count(), 2);
        assert!(text.find("<!-- cycles -->") < text.find("<!-- leave -->"));
        assert!(text.contains("load average at the start") && text.contains("(fdatasync) in"), "{text}");
        assert!(
            text.contains("fsync = on, full_page_writes = on") && text.contains("synchronous_commit = on"),
            "{text}"
        );
    }

    #[tokio::test]
    async fn a_database_that_is_not_ours_ends_the_run_before_anything_is_measured() {
        let server = Server::start(None).await.unwrap();
        server.plant("CREATE DATABASE intraparis_bench_appends").await;
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().to_str().unwrap();
        let arguments = ["bench", "cycles", "--server", server.url(), "--output", output];
        let told = run(Arguments::parse_from(arguments), nothing).await.unwrap_err().to_string();
        assert!(told.contains("intraparis_bench_appends"), "before another bench is measured: {told}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was measured");
        server.stop().await.unwrap();
    }
}
