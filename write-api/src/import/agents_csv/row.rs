//! One row: an agent, or what is wrong with it.

use super::columns::{Column, Columns};
use super::field::{self, Reason};
use events::account::Role;
use events::username::Username;
use std::collections::{BTreeSet, HashMap};
use std::fmt;

/// An agent to provision.
#[derive(Clone, PartialEq, Eq)]
pub struct AgentRow {
    /// The line of the file, from 1.
    pub line: u64,
    /// First name, trimmed, 1 to 100 characters.
    pub given_name: String,
    /// Last name, trimmed, 1 to 100 characters.
    pub family_name: String,
    /// The number in the HR system.
    pub staff_number: Option<String>,
    /// The name to log in with, where it is not to be made of the person's names.
    pub username: Option<Username>,
    /// Roles to grant beside that of every agent.
    pub roles: BTreeSet<Role>,
}

impl fmt::Debug for AgentRow {
    /// The line and the roles: the rest is personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentRow").field("line", &self.line).field("roles", &self.roles).finish_non_exhaustive()
    }
}

/// A row that makes no agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowError {
    /// The line of the file, from 1.
    pub line: u64,
    /// The field; none where the row as a whole is wrong.
    pub field: Option<Column>,
    /// What is wrong.
    pub reason: Reason,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field {
            Some(field) => write!(f, "line {}, {field}: {}", self.line, self.reason),
            None => write!(f, "line {}: {}", self.line, self.reason),
        }
    }
}

impl std::error::Error for RowError {}

/// Reads one line; none if all its fields are blank, as spreadsheets leave them under a table.
pub(super) fn parse(line: u64, bytes: &[u8], columns: &Columns) -> Option<Result<AgentRow, RowError>> {
    let whole = |reason| RowError { line, field: None, reason };
    let Some(record) = columns.split(bytes) else { return Some(Err(whole(Reason::Quotes))) };
    if record.iter().all(|field| field.trim_ascii().is_empty()) {
        return None;
    }
    if record.len() != columns.len() {
        return Some(Err(whole(Reason::Fields { expected: columns.len(), found: record.len() })));
    }
    let read = Record { line, columns, record: &record };
    Some(read.agent())
}

struct Record<'a> {
    line: u64,
    columns: &'a Columns,
    record: &'a csv::ByteRecord,
}

impl Record<'_> {
    fn agent(&self) -> Result<AgentRow, RowError> {
        let agent = AgentRow {
            line: self.line,
            given_name: self.field(Column::GivenName, field::person_name)?,
            family_name: self.field(Column::FamilyName, field::person_name)?,
            staff_number: self.field(Column::StaffNumber, field::staff_number)?,
            username: self.field(Column::Username, field::username)?,
            roles: self.field(Column::Roles, field::roles)?,
        };
        if agent.username.is_none() {
            Username::of_person(&agent.given_name, &agent.family_name).map_err(|invalid| RowError {
                line: self.line,
                field: Some(Column::FamilyName),
                reason: Reason::MakesNoUsername(invalid),
            })?;
        }
        Ok(agent)
    }

    fn field<T>(&self, column: Column, read: impl Fn(&[u8]) -> Result<T, Reason>) -> Result<T, RowError> {
        let bytes = self.columns.field(self.record, column).unwrap_or_default();
        read(bytes).map_err(|reason| RowError { line: self.line, field: Some(column), reason })
    }
}

/// What rows before have taken for good, each with its line.
#[derive(Default)]
pub(super) struct Seen {
    usernames: HashMap<Username, u64>,
    staff_numbers: HashMap<String, u64>,
}

impl Seen {
    /// Lets an agent pass whose explicit username and staff number no agent before has.
    pub(super) fn admit(&mut self, agent: AgentRow) -> Result<AgentRow, RowError> {
        let taken = |column, line: Option<&u64>| {
            line.map_or(Ok(()), |first| {
                Err(RowError { line: agent.line, field: Some(column), reason: Reason::Duplicate { line: *first } })
            })
        };
        taken(Column::Username, agent.username.as_ref().and_then(|name| self.usernames.get(name)))?;
        taken(Column::StaffNumber, agent.staff_number.as_ref().and_then(|number| self.staff_numbers.get(number)))?;
        self.usernames.extend(agent.username.clone().map(|name| (name, agent.line)));
        self.staff_numbers.extend(agent.staff_number.clone().map(|number| (number, agent.line)));
        Ok(agent)
    }
}
