//! The first reading of a log: what it holds, and whose names.

use super::ImportError;
use super::report::MalformedLine;
use super::windows::Windows;
use crate::import::Input;
use crate::import::sshd::{Kind, Line, Reason, SshdLog};
use chrono::{DateTime, TimeZone, Utc};
use events::account::Verdict;
use events::username::LoginName;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use vault::Month;

/// Malformed lines that are kept for the report; all are counted.
const MOST_MALFORMED: usize = 1_000;

/// What the log tells of a name.
#[derive(Debug, Default)]
pub(super) struct Name {
    /// An attempt at it was not called one of an invalid user.
    pub(super) exists: bool,
    /// The months of its attempts.
    pub(super) months: BTreeSet<Month>,
}

/// What a log holds.
#[derive(Debug)]
pub(super) struct Survey {
    pub(super) sha256: [u8; 32],
    pub(super) names: HashMap<LoginName, Name>,
    pub(super) failed: u64,
    pub(super) accepted: u64,
    pub(super) skipped: BTreeMap<Kind, u64>,
    pub(super) malformed_lines: u64,
    /// Of them, those of a date that no log may have.
    pub(super) out_of_time: u64,
    pub(super) malformed: Vec<MalformedLine>,
}

/// Reads the log, and passes its attempts on.
pub(super) fn survey<Z: TimeZone>(
    input: &Input,
    year: Option<i32>,
    zone: Z,
    until: DateTime<Utc>,
    mut windows: Windows,
) -> Result<Survey, ImportError> {
    let mut survey = Survey {
        sha256: input.sha256().map_err(ImportError::Open)?,
        names: HashMap::new(),
        failed: 0,
        accepted: 0,
        skipped: BTreeMap::new(),
        malformed_lines: 0,
        out_of_time: 0,
        malformed: Vec::new(),
    };
    for line in SshdLog::new(input.open().map_err(ImportError::Open)?, year, zone).until(until) {
        match line? {
            Line::Attempt(attempt) => {
                let counted = match attempt.verdict {
                    Verdict::Failed => &mut survey.failed,
                    Verdict::Accepted => &mut survey.accepted,
                };
                *counted += u64::from(attempt.count);
                // Nobody has the empty name, whatever a log says of it.
                let exists = !attempt.invalid_user && !attempt.name.reveal().is_empty();
                let name = survey.names.entry(attempt.name.clone()).or_default();
                name.exists |= exists;
                name.months.insert(Month::of(attempt.at));
                if !windows.push(attempt) {
                    // The import broke off: its error says why.
                    return Ok(survey);
                }
            }
            Line::Skipped { kind, .. } => *survey.skipped.entry(kind).or_default() += 1,
            Line::Malformed { line, reason } => {
                survey.malformed_lines += 1;
                survey.out_of_time += u64::from(reason == Reason::OutOfTime);
                if survey.malformed.len() < MOST_MALFORMED {
                    survey.malformed.push(MalformedLine { line, reason });
                }
            }
        }
    }
    windows.end();
    Ok(survey)
}
