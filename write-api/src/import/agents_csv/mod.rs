//! Agents to provision, from a CSV file (RFC 4180) of the HR system or of a spreadsheet.
//!
//! A header names the columns, in any order: `given_name` and `family_name`, and `staff_number`, `username` and `roles`
//! where they are known. Fields are separated by commas or, as spreadsheets in French write them, by semicolons; roles
//! within their field by `|`. The file is UTF-8, with or without a byte order mark. A record is one line: none of these
//! fields has a line break.
//!
//! ```
//! use write_api::import::agents_csv::{AgentRows, Limits};
//!
//! let file = "given_name;family_name;roles\nÉlodie;Müller;manager|hr\nJean;;\n";
//! let rows: Vec<_> = AgentRows::open(file.as_bytes(), Limits::default())?.collect::<Result<_, _>>()?;
//! assert_eq!(rows[0].as_ref().map(|agent| agent.family_name.as_str()), Ok("Müller"));
//! assert_eq!(rows[1].as_ref().map_err(ToString::to_string), Err("line 3, family_name: is empty".to_owned()));
//! # Ok::<(), write_api::import::agents_csv::FileError>(())
//! ```

mod columns;
mod field;
mod row;
mod said;

pub use columns::{Column, HeaderError};
pub use field::Reason;
pub use row::{AgentRow, RowError};

/// What a field may hold, for those who get it by another way than a file.
pub(crate) mod check {
    pub(crate) use super::field::{person_name, staff_number, username};
}

use super::lines::Lines;
use columns::Columns;
use row::Seen;
use std::io::{self, BufRead, Take};

/// The longest line, in bytes.
pub const MAX_LINE_BYTES: usize = 4096;

/// How much of a file is read before it is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Rows, the header and blank lines not counted.
    pub rows: u64,
    /// Bytes.
    pub bytes: u64,
}

impl Default for Limits {
    /// Twice the city's agents, at a generous length a line.
    fn default() -> Self {
        Self { rows: 110_000, bytes: 32 << 20 }
    }
}

/// Why a file, or the rest of it, cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file is empty.
    #[error("the file is empty: its first line must name the columns")]
    Empty,
    /// The first line does not name the columns as it should.
    #[error("line 1: {0}")]
    Header(HeaderError),
    /// More rows than [`Limits::rows`].
    #[error("line {line}: more than {limit} rows")]
    TooManyRows {
        /// The first line too many.
        line: u64,
        /// The limit.
        limit: u64,
    },
    /// More bytes than [`Limits::bytes`].
    #[error("line {line}: more than {limit} bytes")]
    TooManyBytes {
        /// The line that passed the limit.
        line: u64,
        /// The limit.
        limit: u64,
    },
    /// The file could not be read on.
    #[error("after line {line}: the file could not be read")]
    Io {
        /// The last line that was read.
        line: u64,
        /// What the system says.
        source: io::Error,
    },
}

/// What is wrong with the header is all that there is to tell, and stands in the error itself.
impl From<HeaderError> for FileError {
    fn from(error: HeaderError) -> Self {
        Self::Header(error)
    }
}

/// The rows of a file, one at a time; an iterator that ends after its first [`FileError`].
pub struct AgentRows<R> {
    lines: Lines<Take<R>>,
    columns: Columns,
    limits: Limits,
    rows: u64,
    seen: Seen,
    ended: bool,
}

impl<R: BufRead> AgentRows<R> {
    /// Reads the header of `input`, of which no more than its limit of bytes is ever read.
    ///
    /// # Errors
    /// [`FileError`] when there is none or it is not understood.
    pub fn open(input: R, limits: Limits) -> Result<Self, FileError> {
        // One byte more than the limit tells that it is passed, in a line that never ends too.
        let mut lines = Lines::new(input.take(limits.bytes.saturating_add(1)), MAX_LINE_BYTES);
        let columns = match lines.next_line() {
            Ok(Some(header)) if header.cut => return Err(HeaderError::NotCsv.into()),
            Ok(Some(header)) => Columns::parse(header.bytes)?,
            Ok(None) => return Err(FileError::Empty),
            Err(source) => return Err(FileError::Io { line: 0, source }),
        };
        Ok(Self { lines, columns, limits, rows: 0, seen: Seen::default(), ended: false })
    }

    /// Every row of `input`; of one that breaks off in its middle, none.
    ///
    /// # Errors
    /// [`FileError`] when the file, or the rest of it, cannot be read.
    pub fn read(input: R, limits: Limits) -> Result<Vec<Result<AgentRow, RowError>>, FileError> {
        Self::open(input, limits)?.collect()
    }

    /// The row of the next line that is not blank.
    fn next_row(&mut self) -> Result<Option<Result<AgentRow, RowError>>, FileError> {
        loop {
            let line = self.lines.number();
            let Some(raw) = self.lines.next_line().map_err(|source| FileError::Io { line, source })? else {
                return Ok(None);
            };
            let line = raw.number;
            let row = if raw.cut {
                Some(Err(RowError { line, field: None, reason: Reason::LineTooLong }))
            } else {
                row::parse(line, raw.bytes, &self.columns)
            };
            if self.lines.bytes_read() > self.limits.bytes {
                return Err(FileError::TooManyBytes { line, limit: self.limits.bytes });
            }
            let Some(row) = row else { continue };
            self.rows += 1;
            if self.rows > self.limits.rows {
                return Err(FileError::TooManyRows { line, limit: self.limits.rows });
            }
            return Ok(Some(row.and_then(|agent| self.seen.admit(agent))));
        }
    }
}

impl<R: BufRead> Iterator for AgentRows<R> {
    type Item = Result<Result<AgentRow, RowError>, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let row = self.next_row();
        self.ended = !matches!(row, Ok(Some(_)));
        row.transpose()
    }
}

#[cfg(test)]
mod tests;
