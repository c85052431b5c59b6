//! `intraparis database`: reaching the database itself.

use crate::config::Config;
use anyhow::Context;
use clap::Subcommand;
use journal::embedded::{self, Server};
use std::path::Path;
use std::process::ExitCode;
use tokio::process::Command;
use web::Text;

/// Reach the database that everything is kept in.
#[derive(Debug, Subcommand)]
pub enum DatabaseCommand {
    /// Run a command beside the private server, named to it by `TEST_DATABASE_URL`.
    Exec {
        /// On an empty server that is gone afterwards.
        #[arg(long)]
        temporary: bool,
        /// The command.
        #[arg(last = true, required = true)]
        command: Vec<String>,
    },
}

impl DatabaseCommand {
    /// Runs the command and gives its code.
    ///
    /// # Errors
    /// When the server or the command cannot be started.
    pub async fn run(self, config: Config) -> anyhow::Result<ExitCode> {
        let Self::Exec { temporary, command } = self;
        let (program, arguments) = command.split_first().context(Text::new("aucune commande", "no command"))?;
        let server = if temporary {
            // Tests hold many small databases at once.
            let settings = vec![("max_connections".to_owned(), "400".to_owned())];
            Server::start_temporary(Path::new("target"), settings).await?
        } else {
            Server::start(&embedded::Config::new(config.database.data_dir.join("postgres"))).await?
        };
        let mut child = Command::new(program);
        child.args(arguments);
        let status = server.exec(child).await?;
        Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
    }
}
