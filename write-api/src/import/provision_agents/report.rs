//! What came of each row.

use crate::account::Provisioned;
use events::account::Role;
use serde::Serialize;
use std::fmt;
use utoipa::ToSchema;
use uuid::Uuid;
use web::Text;
use web::position::Position;

/// What came of a file of agents, in the order of its lines. It shows initial codes: to be handed over, not logged.
#[derive(Serialize, ToSchema)]
pub struct AgentsReport {
    /// Accounts there are now, those of an earlier import of the same file among them.
    pub opened: usize,
    /// Of them, those of an earlier import: their codes were shown then.
    pub known_before: usize,
    /// Rows that opened none.
    pub failed: usize,
    /// Each row.
    pub rows: Vec<AgentResult>,
}

/// What came of one row.
#[derive(Serialize, ToSchema)]
pub struct AgentResult {
    /// The line of the file, from 1.
    pub line: u64,
    /// The account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Uuid>,
    /// The name to log in with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The code for the first login, shown this once; `issueInitialCode` issues another in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_code: Option<String>,
    /// Roles granted beside that of every agent.
    #[schema(value_type = Vec<String>)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// Why there is no account, or not every role; it never quotes the row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Text>,
    #[serde(skip)]
    known: bool,
    #[serde(skip)]
    position: Option<Position>,
}

impl AgentsReport {
    pub(super) fn new(rows: Vec<AgentResult>) -> Self {
        let opened = rows.iter().filter(|row| row.account.is_some()).count();
        let known_before = rows.iter().filter(|row| row.known).count();
        Self { opened, known_before, failed: rows.len() - opened, rows }
    }

    /// The last position that an account of the file stands at; none when there is none.
    pub(super) fn position(&self) -> Option<Position> {
        self.rows.iter().filter_map(|row| row.position).max()
    }
}

impl AgentResult {
    pub(super) fn opened(line: u64, provisioned: Provisioned, roles: Vec<Role>, error: Option<Text>) -> Self {
        let Provisioned { account, username, initial_code, receipt } = provisioned;
        Self {
            line,
            account: Some(account.as_uuid()),
            username,
            initial_code: initial_code.map(|code| code.reveal().to_owned()),
            roles,
            error,
            known: receipt.replayed.is_some(),
            position: Some(crate::api::position(receipt.position)),
        }
    }

    pub(super) const fn failed(line: u64, error: Text) -> Self {
        Self {
            line,
            account: None,
            username: None,
            initial_code: None,
            roles: Vec::new(),
            error: Some(error),
            known: false,
            position: None,
        }
    }
}

/// Names and codes do not show.
impl fmt::Debug for AgentsReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentsReport")
            .field("opened", &self.opened)
            .field("known_before", &self.known_before)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for AgentResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentResult").field("line", &self.line).field("error", &self.error).finish_non_exhaustive()
    }
}

impl fmt::Display for AgentsReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { opened, known_before, failed, .. } = *self;
        let (known_fr, known_en) = match known_before {
            0 => (String::new(), String::new()),
            known => {
                (format!(" (dont {known} par un import précédent)"), format!(" ({known} of them by an earlier import)"))
            }
        };
        let counted = Text::made(
            format!("comptes ouverts : {opened}{known_fr}, lignes refusées : {failed}"),
            format!("accounts opened: {opened}{known_en}, rows refused: {failed}"),
        );
        writeln!(f, "{counted}")?;
        self.rows.iter().try_for_each(|row| match (&row.username, &row.error) {
            (_, Some(error)) => writeln!(f, "ligne {} : {error}", row.line),
            (Some(username), None) => writeln!(f, "ligne {} : {username}", row.line),
            (None, None) => writeln!(f, "ligne {} : {}", row.line, Text::new("déjà ouvert", "opened before")),
        })
    }
}
