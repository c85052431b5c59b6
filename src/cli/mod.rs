//! The command line: what each command is told, and which part of the service does it.

pub mod accounts;
mod answered;
mod audit;
mod database;
mod import;
mod leave;
mod misread;
mod named;
mod projections;
mod rules;
mod said;
mod vault;
mod zone;

pub use audit::INTACT;
pub use misread::misread;

use crate::config::Config;
use crate::database::Database;
use crate::demo::Demo;
use crate::serve::{Addresses, Listeners, Roles, Service};
use crate::{shutdown, telemetry};
use clap::{Parser, Subcommand};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use web::Text;

/// The portal of the municipal agents of Paris.
#[derive(Debug, Parser)]
#[command(name = "intraparis", version, about, max_term_width = 100)]
pub struct Arguments {
    /// Settings file; without it, `intraparis.toml` in the current directory where it exists.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve one's own data: migrate, and take every role in one process.
    Up(Listen),
    /// Run on real input, on a database of its own, print what came of it, and serve it.
    Demo(Demo),
    /// Take the role of the doors to commands alone.
    WriteApi(Listen),
    /// Take the role of the doors to read models alone.
    ReadApi(Listen),
    /// Take the role of the projector alone.
    Projector(Listen),
    /// Bring the database to this build's schema.
    Migrate,
    /// Read what other systems wrote.
    #[command(subcommand)]
    Import(import::Import),
    /// Open accounts as the operator: the first one has no other way.
    #[command(subcommand)]
    Accounts(accounts::Accounts),
    /// Verify, replay and question the history.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Look at and keep up the read models.
    #[command(subcommand)]
    Projections(projections::Projections),
    /// Destroy and rewrap the keys that seal personal data, on the record.
    #[command(subcommand)]
    Vault(vault::Vault),
    /// Check the ledgers of absences.
    #[command(subcommand)]
    Leave(leave::Leave),
    /// Check worked cases against the rules of law; activate rules, and list those that were.
    #[command(subcommand)]
    Rules(rules::Rules),
    /// Reach the database that everything is kept in.
    #[command(subcommand)]
    Database(database::DatabaseCommand),
}

/// Where a role listens.
#[derive(Debug, clap::Args)]
struct Listen {
    /// Address and port of the APIs; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Address and port of metrics and health.
    #[arg(long, value_name = "ADDRESS")]
    operations: Option<SocketAddr>,
}

impl Arguments {
    /// Does what was asked, and gives the process's code: 0 done, 1 not done or not as it should be.
    pub fn run(self) -> ExitCode {
        let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return failed(&error.into()),
        };
        runtime.block_on(self.execute()).unwrap_or_else(|error| failed(&error))
    }

    async fn execute(self) -> anyhow::Result<ExitCode> {
        let mut config = Config::load(self.config.as_deref())?;
        let serves =
            matches!(self.command, Command::Up(_) | Command::WriteApi(_) | Command::ReadApi(_) | Command::Projector(_));
        if !serves {
            // The answer of a command is on standard output; the log speaks when something is wrong. What is wrong with the
            // database, the command says itself.
            let quieter = config.telemetry.log.replace("info", "warn").replace("sqlx=warn", "sqlx=error");
            config.telemetry.log = format!("warn,{quieter}");
            config.telemetry.format = crate::config::LogFormat::Text;
        }
        let _telemetry = telemetry::start(&config.telemetry)?;
        match self.command {
            Command::Up(listen) => listen.run(config, Roles::ALL).await,
            Command::WriteApi(listen) => {
                listen.run(config, Roles { write_api: true, read_api: false, projector: false }).await
            }
            Command::ReadApi(listen) => {
                listen.run(config, Roles { write_api: false, read_api: true, projector: false }).await
            }
            Command::Projector(listen) => {
                listen.run(config, Roles { write_api: false, read_api: false, projector: true }).await
            }
            Command::Demo(demo) => demo.run(config).await,
            Command::Migrate => {
                Database::open(&config).await?.close().await?;
                let done = Text::new("le schéma est celui de cette version", "the schema is that of this build");
                writeln!(io::stdout(), "{done}")?;
                Ok(ExitCode::SUCCESS)
            }
            Command::Import(import) => with_service(config, async |service| import.run(service).await).await,
            Command::Accounts(accounts) => with_service(config, async |service| accounts.run(service).await).await,
            Command::Audit(audit) => with_service(config, async |service| audit.run(service).await).await,
            Command::Projections(projections) => {
                with_service(config, async |service| projections.run(service).await).await
            }
            Command::Vault(vault) => with_service(config, async |service| vault.run(service).await).await,
            Command::Leave(leave) => with_service(config, async |service| leave.run(service).await).await,
            Command::Rules(rules) => rules.run(config).await,
            Command::Database(database) => database.run(config).await,
        }
    }
}

async fn service(config: Config) -> anyhow::Result<Service> {
    let database = Database::open(&config).await?;
    Ok(Service::new(config, database))
}

/// Runs a command on the database, which is closed whatever comes of it: others may be at work on a private server of its.
async fn with_service(
    config: Config,
    command: impl AsyncFnOnce(&mut Service) -> anyhow::Result<ExitCode>,
) -> anyhow::Result<ExitCode> {
    let mut service = service(config).await?;
    let done = command(&mut service).await;
    let closed = service.close().await;
    let code = done?;
    closed?;
    Ok(code)
}

impl Listen {
    async fn run(self, mut config: Config, roles: Roles) -> anyhow::Result<ExitCode> {
        if let Some(address) = self.listen {
            config.server.listen = address;
        }
        if let Some(address) = self.operations {
            config.server.operations = address;
        }
        let stop = shutdown::on_signal()?;
        let listeners = Listeners::bind(&config.server, roles).await?;
        let service = service(config).await?;
        let ready = |addresses: Addresses| {
            let api = addresses.api.map(|address| address.to_string());
            tracing::info!(server.address = api, operations.address = %addresses.operations, "ready");
        };
        service.run(roles, listeners, stop, ready).await?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Says why on standard error.
fn failed(error: &anyhow::Error) -> ExitCode {
    let closed = |cause: &(dyn std::error::Error + 'static)| {
        let kind = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let written = || cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        kind.or_else(written) == Some(io::ErrorKind::BrokenPipe)
    };
    if error.chain().any(closed) {
        // Whoever read the answer has seen enough of it.
        return ExitCode::SUCCESS;
    }
    // Where standard error is closed there is nobody to tell.
    let _ = writeln!(io::stderr(), "intraparis: {}", said::causes(error));
    ExitCode::FAILURE
}

/// Writes an answer as JSON, for machines, or as it is displayed, for eyes.
fn answer<T: serde::Serialize + std::fmt::Display>(value: &T, json: bool) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, value)?;
        writeln!(out)?;
    } else {
        writeln!(out, "{value}")?;
    }
    Ok(())
}
