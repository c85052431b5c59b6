//! `intraparis accounts`: opening accounts as the operator.

use super::answer;
use super::said::parsed;
use crate::serve::Service;
use clap::Subcommand;
use events::account::Role;
use events::{Actor, Capacity, Clock, Metadata, Position};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;
use std::process::ExitCode;
use web::Text;
use write_api::WriteApi;
use write_api::account::{NewAgent, grant, provision};

/// Open accounts as the operator: the first one has no other way.
#[derive(Debug, Subcommand)]
pub enum Accounts {
    /// Open an account, and show the initial code that its agent logs in with once.
    Provision {
        /// First name.
        given_name: String,
        /// Last name.
        family_name: String,
        /// The number in the HR system.
        #[arg(long)]
        staff_number: Option<String>,
        /// The name to log in with; without it, made of the names.
        #[arg(long)]
        username: Option<String>,
        /// A role to grant: manager, hr, hr-health, auditor, administrator or data-protection. Several times for several.
        #[arg(long = "role", value_name = "ROLE", value_parser = parsed::<Role>)]
        roles: Vec<Role>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

/// An account that was opened.
#[derive(Serialize)]
pub struct Opened {
    /// The account.
    pub account: uuid::Uuid,
    /// The name to log in with.
    pub username: String,
    /// The first secret, shown this once.
    pub initial_code: String,
    /// Where it stands in the journal.
    pub position: Position,
    /// Why not every role was granted.
    #[serde(skip)]
    pub failed: Option<anyhow::Error>,
}

impl fmt::Display for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |fr, en, value: &dyn fmt::Display| format!("{:<30} {value}", Text::new(fr, en).to_string());
        writeln!(f, "{}", line("compte", "account", &self.account))?;
        writeln!(f, "{}", line("identifiant", "username", &self.username))?;
        write!(f, "{}", line("code initial", "initial code", &self.initial_code))
    }
}

impl Accounts {
    /// Does it.
    ///
    /// # Errors
    /// When the account is not opened.
    pub async fn run(self, service: &mut Service) -> anyhow::Result<ExitCode> {
        let Self::Provision { given_name, family_name, staff_number, username, roles, json } = self;
        let agent = NewAgent::typed(&given_name, &family_name, staff_number.as_deref(), username.as_deref());
        let agent = agent.map_err(|wrong| {
            let wrong = wrong.into_iter().map(|(column, reason)| reason.text().of(column).to_string());
            anyhow::Error::msg(wrong.collect::<Vec<_>>().join("\n"))
        })?;
        let api = service.write_api().await?;
        let opened = open(&api, agent, &roles).await?;
        answer(&opened, json)?;
        // The account is there, and its code was shown: what failed after it is said last.
        opened.failed.map_or(Ok(ExitCode::SUCCESS), Err)
    }
}

/// Opens an account as the operator and grants roles to it.
///
/// # Errors
/// When the account is not opened. A role that is not granted is told with the account.
pub async fn open(api: &WriteApi, agent: NewAgent, roles: &[Role]) -> anyhow::Result<Opened> {
    let metadata = || Metadata::new(Actor::Service, Capacity::Operator, Clock::system().now());
    let provisioned = provision(api, agent, metadata(), None).await?;
    let mut position = provisioned.receipt.position;
    let mut failed = None;
    let roles: BTreeSet<Role> = roles.iter().copied().filter(|role| *role != Role::Agent).collect();
    for role in roles {
        match grant(api, provisioned.account, role, metadata()).await {
            Ok(receipt) => position = receipt.position,
            Err(problem) => {
                failed = Some(anyhow::Error::msg(problem.text().of(role)));
                break;
            }
        }
    }
    Ok(Opened {
        account: provisioned.account.as_uuid(),
        username: provisioned.username.unwrap_or_default(),
        initial_code: provisioned.initial_code.map(|code| code.reveal().to_owned()).unwrap_or_default(),
        position,
        failed,
    })
}
