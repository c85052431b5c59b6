//! What came of the cases.

use std::fmt;
use std::path::Path;

use serde::Serialize;

use super::reason::Reason;
use crate::book::Version;

/// The outcome of every line of every file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The version of the rules that the cases were run through.
    pub rules: Version,
    /// Each file, in the order given.
    pub files: Vec<FileReport>,
}

/// The outcome of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// The file, as it was named.
    pub path: String,
    /// Why the file as a whole could not be used.
    pub error: Option<Reason>,
    /// Each case.
    pub lines: Vec<LineReport>,
}

/// The outcome of one case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineReport {
    /// The line's number in its file, from 1.
    pub line: u64,
    /// The rule that the case is about, if it could be read.
    pub rule: Option<String>,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What came of one case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The rules give what was expected.
    Pass,
    /// They give something else.
    Differs {
        /// Each field that differs.
        differences: Vec<Difference>,
    },
    /// The line could not be run.
    Malformed {
        /// Why, naming the field.
        reason: Reason,
    },
}

/// A field that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Its name.
    pub field: String,
    /// What the case expects, as JSON.
    pub expected: String,
    /// What the rules give, as JSON.
    pub got: String,
}

impl FileReport {
    pub(super) fn of(path: &Path, lines: Vec<LineReport>) -> Self {
        Self { path: path.display().to_string(), error: None, lines }
    }

    pub(super) fn failed(path: &Path, error: Reason) -> Self {
        Self { path: path.display().to_string(), error: Some(error), lines: Vec::new() }
    }

    /// Whether the file could be used and every line passed.
    pub fn passed(&self) -> bool {
        self.error.is_none() && self.lines.iter().all(|line| line.outcome == Outcome::Pass)
    }
}

impl Report {
    /// Whether there was a file, and every one passed.
    pub fn passed(&self) -> bool {
        !self.files.is_empty() && self.files.iter().all(FileReport::passed)
    }
}

/// A line for each case that did not pass, then one for each file.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for file in &self.files {
            write!(f, "{file}")?;
        }
        if self.files.is_empty() {
            writeln!(f, "aucun fichier à vérifier — no file to check")?;
        }
        Ok(())
    }
}

impl fmt::Display for FileReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        let (mut passed, mut differing, mut malformed) = (0, 0, 0);
        for LineReport { line, rule, outcome } in &self.lines {
            let rule = rule.as_deref().unwrap_or("?");
            match outcome {
                Outcome::Pass => passed += 1,
                Outcome::Differs { differences } => {
                    differing += 1;
                    for Difference { field, expected, got } in differences {
                        writeln!(
                            f,
                            "{path}:{line}: {rule}: {field} : attendu {expected}, obtenu {got} — expected {expected}, got {got}"
                        )?;
                    }
                }
                Outcome::Malformed { reason } => {
                    malformed += 1;
                    writeln!(f, "{path}:{line}: {rule}: {reason}")?;
                }
            }
        }
        match &self.error {
            Some(error) => writeln!(f, "{path}: {error}"),
            None => writeln!(
                f,
                "{path} : conformes {passed}, différents {differing}, malformés {malformed} — {passed} passed, {differing} differ, {malformed} malformed"
            ),
        }
    }
}
