//! `intraparis import`: reading what other systems wrote.

use super::answer;
use crate::serve::Service;
use chrono::FixedOffset;
use clap::Subcommand;
use std::path::PathBuf;
use std::process::ExitCode;
use write_api::import;

/// Read what other systems wrote.
#[derive(Debug, Subcommand)]
pub enum Import {
    /// A log of OpenSSH's server: each password attempt goes through the same commands and the same three strikes.
    Sshd {
        /// The log.
        file: PathBuf,
        /// The year of lines that tell none; a log that passes New Year goes on in the next.
        #[arg(long)]
        year: Option<i32>,
        /// The offset from UTC of lines that tell none, such as +01:00.
        #[arg(long, default_value = "+00:00", allow_hyphen_values = true)]
        zone: FixedOffset,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Agents to open accounts for, as CSV: given_name, family_name, and staff_number, username, roles where wanted.
    Agents {
        /// The file.
        file: PathBuf,
        /// Where the initial codes are written, for its reader alone (mode 0600); it must not exist.
        #[arg(long, value_name = "FILE")]
        codes: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Import {
    /// Reads the file.
    ///
    /// # Errors
    /// When it cannot be read or recorded; lines that are malformed are no error, but are reported.
    pub async fn run(self, mut service: Service) -> anyhow::Result<ExitCode> {
        let api = service.write_api().await?;
        match self {
            Self::Sshd { file, year, zone, json } => {
                answer(&import::import_sshd(&api, &file, year, zone).await?, json)?;
            }
            Self::Agents { file, codes, json } => {
                answer(&import::import_agents(&api, &file, &codes).await?, json)?;
            }
        }
        drop(api);
        service.close().await?;
        Ok(ExitCode::SUCCESS)
    }
}
