//! The log of an OpenSSH server: password attempts out of whatever file it was kept in.
//!
//! ```
//! use write_api::import::sshd::{Line, SshdLog};
//!
//! let log = b"Dec 10 06:55:48 LabSZ sshd[24200]: Failed password for root from 173.234.31.186 port 38926 ssh2\n";
//! let lines: Vec<Line> = SshdLog::new(&log[..], Some(2015), chrono::Utc).collect::<Result<_, _>>()?;
//! assert!(matches!(&lines[..], [Line::Attempt(attempt)] if attempt.at.to_rfc3339() == "2015-12-10T06:55:48+00:00"));
//! # Ok::<(), write_api::import::sshd::ReadError>(())
//! ```

mod calendar;
mod json;
mod kind;
mod message;
mod processes;
mod record;
mod said;
mod stamp;

pub(super) use calendar::FIRST_YEAR;
pub use kind::Kind;

use super::lines::{Lines, RawLine};
use calendar::{Calendar, Unplaced};
use chrono::{DateTime, TimeZone, Utc};
use events::account::Verdict;
use events::username::{LoginName, MAX_BYTES};
use message::{Message, Tried, holds_attempt};
use processes::Processes;
use record::{Body, Record, last_repeated};
use sha2::{Digest, Sha256};
use stamp::NoStamp;
use std::io::{self, BufRead};

/// The longest line that is read, in bytes; sshd's own messages end at 1 KiB, and rsyslog's lines at 8.
pub const MAX_LINE_BYTES: usize = 16 * 1024;

/// The most repetitions that one line may stand for. They are of one connection, on which sshd allows a handful.
pub const MAX_REPEATS: u32 = 1000;

/// So many lines in a row that are no text, and the file is taken for binary.
const BINARY_RUN: u32 = 16;

/// One or several alike password attempts that a log reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The line, from 1.
    pub line: u64,
    /// SHA-256 of what the line says; of a repetition, of what it repeats too. Names could be guessed from it.
    pub sha256: [u8; 32],
    /// When, as the log has it.
    pub at: DateTime<Utc>,
    /// The server, as the log names it.
    pub host: Option<String>,
    /// The server's process.
    pub pid: Option<u32>,
    /// The name tried, to the byte; bytes that are not UTF-8 stand as sshd itself writes them (`\351`). It may be a
    /// password typed into the wrong field.
    pub name: LoginName,
    /// An IPv4 or IPv6 address, a host name, or sshd's `UNKNOWN`.
    pub address: String,
    /// The client's port.
    pub port: u16,
    /// What the server answered.
    pub verdict: Verdict,
    /// The server had no account of this name, or none that may log in.
    pub invalid_user: bool,
    /// How many attempts the line stands for, at least 1 and at most [`MAX_REPEATS`].
    pub count: u32,
}

/// What one line of the log is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A password was tried.
    Attempt(Attempt),
    /// The line is of another kind.
    Skipped {
        /// The line, from 1.
        line: u64,
        /// Its kind.
        kind: Kind,
    },
    /// The line should be reported: an attempt may be lost with it.
    Malformed {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: Reason,
    },
}

/// What is wrong with a line. It never quotes the line, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Reason {
    /// An attempt behind something that is no known header.
    #[error("a password attempt without a date and a program that can be read")]
    Header,
    /// The date or the time of day does not exist.
    #[error("a date or time that does not exist")]
    NoSuchDate,
    /// The date is before 1990, or after the last that the log may have ([`SshdLog::until`]).
    #[error("a date before 1990 or in the future")]
    OutOfTime,
    /// It begins as an attempt and does not go on as one.
    #[error("a password attempt that does not end in 'from ADDRESS port PORT ssh2'")]
    Form,
    /// The address has characters that no address has.
    #[error("a password attempt whose address is neither IPv4 nor IPv6 nor a host name")]
    Address,
    /// The port is no number from 0 to 65535.
    #[error("a password attempt whose port is not a number from 0 to 65535")]
    Port,
    /// The number of repetitions is not from 1 to [`MAX_REPEATS`].
    #[error("a password attempt repeated a number of times that is not from 1 to {MAX_REPEATS}")]
    Count,
    /// It was accepted, and nobody has the name: it is empty, or the log calls it invalid.
    #[error("a password accepted for the empty name, or for one that the log itself calls invalid")]
    Nobody,
    /// The name is longer than an account's may be, and the log does not call it invalid.
    #[error("a password attempt at a name of more than {MAX_BYTES} bytes that the log does not call invalid")]
    LongName,
    /// The line is longer than [`MAX_LINE_BYTES`].
    #[error("a line longer than {MAX_LINE_BYTES} bytes")]
    TooLong,
    /// The line is not text.
    #[error("a line that is not text")]
    NotText,
}

/// Why the rest of a log cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file is no text: compressed, an archive, a login database, UTF-16.
    #[error(
        "ligne {line} : ce fichier est binaire, non un journal en texte (décompressez-le, ou convertissez-le en UTF-8) — line {line}: this is a binary file, not a log in text (decompress it, or convert it to UTF-8)"
    )]
    Binary {
        /// The line that told.
        line: u64,
    },
    /// The log's dates have no year and none was given.
    #[error(
        "ligne {line} : les dates de ce journal sont sans année : dites l’année où il commence (--year) — line {line}: the dates of this log have no year: say in which year it begins (--year)"
    )]
    YearMissing {
        /// The first such line.
        line: u64,
    },
    /// The file could not be read on.
    #[error("après la ligne {line} : la lecture a échoué — after line {line}: the file could not be read")]
    Io {
        /// The last line that was read.
        line: u64,
        /// What the system says.
        source: io::Error,
    },
}

/// Reads a log line by line; an iterator that ends after its first error.
pub struct SshdLog<R, Z> {
    lines: Lines<R>,
    reader: LineReader<Z>,
    ended: bool,
}

impl<R: BufRead, Z: TimeZone> SshdLog<R, Z> {
    /// Reads from `input`. Dates without a year begin in `year` and pass into the next ones with the log; dates without
    /// an offset are of `zone`.
    pub fn new(input: R, year: Option<i32>, zone: Z) -> Self {
        let reader = LineReader {
            calendar: Calendar::new(year, zone),
            last: None,
            processes: Processes::default(),
            text_seen: false,
            binary_run: 0,
        };
        Self { lines: Lines::new(input, MAX_LINE_BYTES), reader, ended: false }
    }

    /// Reports lines whose date is after `until`.
    #[must_use]
    pub fn until(mut self, until: DateTime<Utc>) -> Self {
        self.reader.calendar = self.reader.calendar.until(until);
        self
    }
}

impl<R: BufRead, Z: TimeZone> Iterator for SshdLog<R, Z> {
    type Item = Result<Line, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let line = match self.lines.next_line() {
            Ok(Some(raw)) => self.reader.line(&raw),
            Ok(None) => {
                self.ended = true;
                return None;
            }
            Err(source) => Err(ReadError::Io { line: self.lines.number(), source }),
        };
        self.ended = line.is_err();
        Some(line)
    }
}

/// What has to be kept from one line to the next.
struct LineReader<Z> {
    calendar: Calendar<Z>,
    /// The attempt on the line before, for `last message repeated 3 times`.
    last: Option<Attempt>,
    processes: Processes,
    text_seen: bool,
    binary_run: u32,
}

/// What a line is, its number left out.
enum Outcome {
    Attempt(Attempt),
    Skipped(Kind),
    Malformed(Reason),
}

impl<Z: TimeZone> LineReader<Z> {
    fn line(&mut self, raw: &RawLine<'_>) -> Result<Line, ReadError> {
        let line = raw.number;
        let last = self.last.take();
        let outcome = match text(raw.bytes) {
            Some(_) if raw.cut => Outcome::Malformed(Reason::TooLong),
            Some(text) => {
                (self.text_seen, self.binary_run) = (true, 0);
                self.text(line, text, last)?
            }
            None => {
                self.binary_run += 1;
                if !self.text_seen || self.binary_run >= BINARY_RUN {
                    return Err(ReadError::Binary { line });
                }
                Outcome::Malformed(Reason::NotText)
            }
        };
        Ok(match outcome {
            Outcome::Attempt(attempt) => {
                self.last = Some(attempt.clone());
                Line::Attempt(attempt)
            }
            Outcome::Skipped(kind) => Line::Skipped { line, kind },
            Outcome::Malformed(reason) => Line::Malformed { line, reason },
        })
    }

    fn text(&mut self, line: u64, text: &[u8], last: Option<Attempt>) -> Result<Outcome, ReadError> {
        if text.trim_ascii().is_empty() {
            return Ok(Outcome::Skipped(Kind::Blank));
        }
        if text.starts_with(b"-- ") {
            return Ok(Outcome::Skipped(Kind::LogNote));
        }
        let read = if text.starts_with(b"{") { json::json_record(text) } else { record::record(text) };
        let Record { stamp, host, body } = match read {
            Ok(record) => record,
            Err(NoStamp::Value) => return Ok(Outcome::Malformed(Reason::NoSuchDate)),
            Err(NoStamp::Form) => return Ok(unrecognised(text)),
        };
        let at = match self.calendar.place(stamp) {
            Ok(at) => at,
            Err(Unplaced::NoSuchDate) => return Ok(Outcome::Malformed(Reason::NoSuchDate)),
            Err(Unplaced::OutOfTime) => return Ok(Outcome::Malformed(Reason::OutOfTime)),
            Err(Unplaced::YearMissing) => return Err(ReadError::YearMissing { line }),
        };
        Ok(match body {
            Body::Unrecognised => unrecognised(text),
            Body::OtherProgram => Outcome::Skipped(Kind::OtherProgram),
            Body::LastRepeated(digits) => {
                let last = last.filter(|last| host.is_none() || host == last.host);
                repetition(digits, last, Written { line, text, at })
            }
            Body::Sshd { pid, message } => {
                let written = Written { line, text, at };
                let outcome = match last_repeated(&message) {
                    Some(digits) => repetition(digits, self.processes.last(host.as_deref(), pid).cloned(), written),
                    None => said(&message, host.clone(), pid, written),
                };
                let attempt = if let Outcome::Attempt(attempt) = &outcome { Some(attempt.clone()) } else { None };
                self.processes.said(host, pid, attempt);
                outcome
            }
        })
    }
}

/// A line, and when it was written.
#[derive(Clone, Copy)]
struct Written<'a> {
    line: u64,
    text: &'a [u8],
    at: DateTime<Utc>,
}

/// What `last message repeated 3 times` stands for, of which `digits` are the number.
fn repetition(digits: &[u8], last: Option<Attempt>, Written { line, text, at }: Written<'_>) -> Outcome {
    let Some(last) = last else { return Outcome::Skipped(Kind::Repetition) };
    match message::repeats(digits) {
        Ok(count) => Outcome::Attempt(Attempt { line, sha256: digest(text, Some(&last)), at, count, ..last }),
        Err(reason) => Outcome::Malformed(reason),
    }
}

/// What a message of sshd is.
fn said(message: &[u8], host: Option<String>, pid: Option<u32>, written: Written<'_>) -> Outcome {
    let Written { line, text, at } = written;
    match message::message(message) {
        Ok(Message::Attempt(Tried { verdict, invalid_user, name, address, port, count })) => {
            let sha256 = digest(text, None);
            Outcome::Attempt(Attempt { line, sha256, at, host, pid, name, address, port, verdict, invalid_user, count })
        }
        Ok(Message::Other(kind)) => Outcome::Skipped(kind),
        Err(reason) => Outcome::Malformed(reason),
    }
}

fn digest(text: &[u8], repeated: Option<&Attempt>) -> [u8; 32] {
    let repeated = repeated.map(|attempt| attempt.sha256).unwrap_or_default();
    Sha256::new().chain_update(repeated).chain_update(text).finalize().into()
}

/// A line without a header is nothing to report, unless an attempt would go with it.
fn unrecognised(text: &[u8]) -> Outcome {
    if holds_attempt(text) { Outcome::Malformed(Reason::Header) } else { Outcome::Skipped(Kind::Unrecognised) }
}

/// The text of a line, if it is one. A byte order mark is no part of it, nor are the NUL bytes that a file system
/// leaves in front after a power cut.
fn text(bytes: &[u8]) -> Option<&[u8]> {
    let padding = bytes.iter().take_while(|byte| **byte == 0).count();
    let text = bytes.get(padding..)?;
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    if text.contains(&0) || (text.is_empty() && padding > 0) {
        return None;
    }
    let control = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\r' | 0x1b);
    let foreign: usize = text
        .utf8_chunks()
        .map(|chunk| chunk.invalid().len() + chunk.valid().as_bytes().iter().filter(|byte| control(byte)).count())
        .sum();
    (foreign * 8 <= text.len()).then_some(text)
}

#[cfg(test)]
mod tests;
