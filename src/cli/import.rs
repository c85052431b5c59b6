//! `intraparis import`: reading what other systems wrote.

use super::answer;
use super::zone::Zone;
use crate::serve::Service;
use anyhow::Context;
use clap::Subcommand;
use events::{Actor, Capacity, Clock, Metadata};
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use web::Text;
use write_api::WriteApi;
use write_api::import::agents_csv::{AgentRows, Limits};
use write_api::import::{self, AgentResult, AgentsReport, Input, Known, People, Reading};

/// Read what other systems wrote. Lines that are refused hinder no other, are reported, and leave the exit code at 0.
#[derive(Debug, Subcommand)]
pub enum Import {
    /// A log of OpenSSH's server: each password attempt goes through the same commands and the same three strikes. What
    /// PAM asks for by keyboard-interactive counts as a password.
    Sshd {
        /// The log.
        file: PathBuf,
        /// The year of lines that tell none; a log that passes New Year goes on in the next. The same when it is read
        /// again.
        #[arg(long, allow_negative_numbers = true)]
        year: Option<i32>,
        /// The clocks of lines that tell no offset from UTC: an offset such as +01:00, or a place such as Europe/Paris.
        /// Of the hour that comes twice in autumn a line means the one nearer to the line before, the first line the
        /// earlier one, so a part that begins in the later one is of +01:00; a time that is skipped in spring is
        /// reported. The same when the log is read again.
        #[arg(long, default_value = "+00:00", allow_hyphen_values = true)]
        zone: Zone,
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
    /// An HR base: a folder with departments*.csv, dept_manager*.csv, dept_emp*.csv and titles*.csv.
    Hr {
        /// The folder.
        dir: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Absences of people of the HR base, in the columns of UCI's "Absenteeism at work".
    Absences {
        /// The file.
        file: PathBuf,
        /// The year of the first row: the file tells months alone.
        #[arg(long, default_value_t = 2007, value_parser = clap::value_parser!(i32).range(1990..=2099))]
        year: i32,
        /// What a person's number is short of the staff number. The days of who is not in service on them are reported
        /// as bad, so a base with many leavers asks for other numbers or another year.
        #[arg(long, default_value_t = 10_000)]
        plus: u32,
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
    pub async fn run(self, service: &mut Service) -> anyhow::Result<ExitCode> {
        let api = service.write_api().await?;
        match self {
            Self::Sshd { file, year, zone, json } => {
                let name = file.display().to_string();
                let input = Input::at(file).with_context(|| name.clone())?;
                let report = match zone {
                    Zone::Offset(zone) => import::import_sshd(&api, input, &name, year, zone).await,
                    Zone::Place(zone) => import::import_sshd(&api, input, &name, year, zone).await,
                };
                let report = report.context(name)?;
                answer(&report, json)?;
            }
            Self::Agents { file, codes, json } => {
                let (report, written) = agents(&api, &file, &codes).await?;
                answer(&report, json)?;
                written.with_context(|| on_file("écriture impossible", "cannot write", &codes))?;
            }
            Self::Hr { dir, json } => {
                answer(&import::import_hr(&api, &dir, &operator()).await?, json)?;
            }
            Self::Absences { file, year, plus, json } => {
                let name = file.display().to_string();
                let reading = Reading { name: &name, first_year: year, people: People::Plus(plus) };
                let input = Input::at(file).with_context(|| name.clone())?;
                answer(&import::import_absences(&api, &input, reading, &operator()).await?, json)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Opens the accounts of a file, and writes the codes where their reader alone finds them.
async fn agents(api: &WriteApi, file: &Path, codes: &Path) -> anyhow::Result<(AgentsReport, io::Result<()>)> {
    let input = File::open(file).with_context(|| file.display().to_string())?;
    let rows = AgentRows::read(BufReader::new(input), Limits::default()).with_context(|| file.display().to_string())?;
    let out = OpenOptions::new()
        .append(true)
        .create_new(true)
        .mode(0o600)
        .open(codes)
        .with_context(|| on_file("création impossible", "cannot make", codes))?;
    let metadata = operator();
    (&out).write_all(b"username,initial_code\n")?;
    let failed = Mutex::new(None);
    // A code is written as soon as there is one: an import that breaks off loses none. One that cannot be is shown.
    let write = |row: &mut AgentResult| {
        let (Some(username), Some(code)) = (&row.username, &row.initial_code) else { return };
        match (&out).write_all(format!("{username},{code}\n").as_bytes()) {
            Ok(()) => row.initial_code = None,
            Err(error) => *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error),
        }
    };
    let report = import::import_agents(api, rows, &Known::ByPerson, metadata.clone(), Some(metadata), write).await;
    let synced = out.sync_all();
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok((report, failed.map_or(synced, Err)))
}

/// What could not be done to a file.
fn on_file(fr: &str, en: &str, file: &Path) -> Text {
    let file = file.display();
    Text::made(format!("{fr} : {file}"), format!("{en} {file}"))
}

/// What is recorded of the command line.
fn operator() -> Metadata {
    Metadata::new(Actor::Service, Capacity::Operator, Clock::system().now())
}
