//! Agents from a CSV file: an account each, and a report by line.

mod endpoint;
mod report;

pub use report::{AgentResult, AgentsReport};

use super::agents_csv::{AgentRow, Column, RowError};
use crate::account::{LoginNameToGive, NewAgent, NotProvisioned, Provisioned, grant, provision};
use crate::{WriteApi, problems};
use data_encoding::HEXLOWER;
use events::account::Role;
use events::username::{LoginName, Username};
use events::{Idempotency, IdempotencyKey, Metadata};
use futures::stream::{self, StreamExt};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Problem, Text};

/// Usernames whose accounts are opened at once; most of their time goes into hashing their codes.
const AT_ONCE: usize = 4;

pub(crate) fn routes() -> OpenApiRouter<WriteApi> {
    OpenApiRouter::new().routes(routes!(endpoint::import_agents_csv))
}

pub(crate) const PROBLEMS: &[&web::Kind] = endpoint::PROBLEMS;

/// By what a row is known when its file comes again: an account is opened for it once, and its code shown once.
#[derive(Clone, Debug)]
pub enum Known {
    /// By a key of the whole file, and its line.
    ByLine(String),
    /// By whom it names, so that a file that was mended goes on where it stopped, in whatever order. The second of a file
    /// who has the same names and nothing else is another.
    ByPerson,
}

/// Opens an account for every row of a file, on the record of `metadata`, with the roles that it names on that of
/// `granting`: none where whoever asks may grant none.
///
/// A row that is wrong hinders no other. `opened` is told of each row as soon as its account is there.
pub async fn import_agents(
    api: &WriteApi,
    rows: Vec<Result<AgentRow, RowError>>,
    known: &Known,
    metadata: Metadata,
    granting: Option<Metadata>,
    opened: impl Fn(&mut AgentResult) + Sync,
) -> AgentsReport {
    let import = Import { api, known, metadata, granting };
    let (mut results, mut homonyms) = (Vec::with_capacity(rows.len()), BTreeMap::<String, Vec<AgentRow>>::new());
    for row in rows {
        match row {
            Ok(row) => homonyms.entry(stem(&row)).or_default().push(row),
            Err(error) => results.push(AgentResult::failed(error.line, error.text())),
        }
    }
    let mut opening = stream::iter(homonyms.into_values())
        .map(|rows| async {
            let (mut results, mut seen) = (Vec::with_capacity(rows.len()), BTreeMap::new());
            for row in rows {
                let mut result = import.row(row, &mut seen).await;
                opened(&mut result);
                results.push(result);
            }
            results
        })
        .buffer_unordered(AT_ONCE);
    while let Some(of_one_name) = opening.next().await {
        results.extend(of_one_name);
    }
    results.sort_by_key(|result| result.line);
    AgentsReport::new(results)
}

/// What the usernames of homonyms have in common: their rows are opened one after another, so that numbers follow the
/// order of the file.
fn stem(row: &AgentRow) -> String {
    let made = || Username::of_person(&row.given_name, &row.family_name).ok();
    let username = row.username.clone().or_else(made);
    let stem = username.as_ref().map_or("", Username::as_str);
    stem.trim_end_matches(|digit: char| digit.is_ascii_digit()).to_owned()
}

struct Import<'a> {
    api: &'a WriteApi,
    known: &'a Known,
    metadata: Metadata,
    granting: Option<Metadata>,
}

/// The account of a row, and why it has not every role.
struct Opened {
    provisioned: Provisioned,
    roles: Vec<Role>,
    error: Option<Text>,
}

impl Import<'_> {
    /// Opens the account of a row; `seen` counts how often each person has come before.
    async fn row(&self, row: AgentRow, seen: &mut BTreeMap<[u8; 32], u64>) -> AgentResult {
        let line = row.line;
        if self.granting.is_none() && row.roles.iter().any(|role| *role != Role::Agent) {
            let needed = Text::new(
                "le rôle administrator est requis pour en donner",
                "the role administrator is needed to grant any",
            );
            return AgentResult::failed(line, needed.of(Column::Roles));
        }
        match self.provisioned(row, seen).await {
            Ok(Opened { provisioned, roles, error }) => AgentResult::opened(line, provisioned, roles, error),
            Err(error) => AgentResult::failed(line, Problem::from(error).text()),
        }
    }

    async fn provisioned(&self, row: AgentRow, seen: &mut BTreeMap<[u8; 32], u64>) -> Result<Opened, NotProvisioned> {
        let fingerprint = self.fingerprint(&row).await?;
        let place = match self.known {
            Known::ByLine(key) => format!("{}/{}", HEXLOWER.encode(&Sha256::digest(key)), row.line),
            Known::ByPerson => {
                let before = seen.entry(fingerprint).and_modify(|times| *times += 1).or_insert(0);
                format!("{}/{before}", HEXLOWER.encode(&fingerprint))
            }
        };
        let wanted: Vec<Role> = row.roles.iter().copied().filter(|role| *role != Role::Agent).collect();
        let agent = NewAgent {
            given_name: row.given_name,
            family_name: row.family_name,
            staff_number: row.staff_number,
            username: row.username.map(LoginNameToGive::Portal),
        };
        let metadata = Metadata { occurred_at: self.api.clock.now(), ..self.metadata.clone() };
        let key = row_key(&place, "account")?;
        let provisioned = provision(self.api, agent, metadata, Some((key, fingerprint))).await?;
        let (mut roles, mut error) = (Vec::with_capacity(wanted.len()), None);
        for role in wanted {
            // A row that names roles is turned away before where nobody may grant them.
            let Some(granting) = self.granting.clone() else { break };
            let key = row_key(&place, role.as_str())?;
            let idempotency = Some(Idempotency { key, fingerprint, outcome: Vec::new() });
            let metadata = Metadata { occurred_at: self.api.clock.now(), idempotency, ..granting };
            match grant(self.api, provisioned.account, role, metadata).await {
                Ok(_) => roles.push(role),
                Err(problem) => error = Some(problem.text().of(role)),
            }
        }
        Ok(Opened { provisioned, roles, error })
    }

    /// Of what the row asks for, or of whom it names, under the vault's index key: names could be guessed from a bare hash.
    async fn fingerprint(&self, row: &AgentRow) -> Result<[u8; 32], NotProvisioned> {
        let roles = match self.known {
            Known::ByLine(_) => row.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>(),
            Known::ByPerson => Vec::new(),
        };
        let username = row.username.as_ref().map(Username::as_str);
        let asked = (&row.given_name, &row.family_name, &row.staff_number, username, roles);
        let asked = serde_json::to_string(&asked).map_err(Problem::internal)?;
        let pseudonym = self.api.vault.pseudonym(&LoginName::verbatim(&asked)).await.map_err(problems::vault)?;
        Ok(Sha256::digest(pseudonym).into())
    }
}

fn row_key(place: &str, step: &str) -> Result<IdempotencyKey, NotProvisioned> {
    let key = format!("agents/{place}/{step}");
    Ok(key.parse().map_err(Problem::internal)?)
}
