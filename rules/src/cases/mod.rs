//! Worked cases: files of inputs and expected outcomes, run line by line through the public functions.
//!
//! `*.jsonl` holds one case a line, `{"rule": …, "input": {…}, "expected": {…}}`; `*.csv` holds day counts. Patterns
//! that a case names stand in `patterns.json` beside its file. Decimals are read exactly.

mod day_count;
mod decimal;
mod families;
mod input;
mod leave;
mod legal_case;
mod patterns;
mod reason;
mod report;
mod savings;
mod sickness;
mod value;

use std::fs;
use std::path::Path;

use chrono::NaiveDate;

use crate::book::{LoadError, RuleBook};

use patterns::Patterns;
use reason::Wanted;
use value::Value;

pub use reason::Reason;
pub use report::{Difference, FileReport, LineReport, Outcome, Report};

/// The date whose law decides a case that names no date.
pub const REFERENCE_DATE: NaiveDate = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();

/// Runs the cases of these files through the rules that this software carries.
///
/// A line that cannot be read or names an unknown rule, a file without a case or of another kind, makes the report
/// fail like a line that differs.
///
/// # Errors
/// [`LoadError`] should the data of the law be faulty.
pub fn check<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Result<Report, LoadError> {
    let book = RuleBook::embedded()?;
    Ok(check_with(&book, REFERENCE_DATE, paths))
}

/// The same with another rule book, and another date for cases that name none.
pub fn check_with<P: AsRef<Path>>(book: &RuleBook, reference: NaiveDate, paths: impl IntoIterator<Item = P>) -> Report {
    let files = paths.into_iter().map(|path| check_file(book, reference, path.as_ref())).collect();
    Report { rules: book.version(), files }
}

fn check_file(book: &RuleBook, reference: NaiveDate, path: &Path) -> FileReport {
    match lines_of(book, reference, path) {
        Ok(lines) if lines.is_empty() => {
            FileReport::failed(path, Reason::new("le fichier n’a aucun cas", "the file has no case"))
        }
        Ok(lines) => FileReport::of(path, lines),
        Err(reason) => FileReport::failed(path, reason),
    }
}

fn lines_of(book: &RuleBook, reference: NaiveDate, path: &Path) -> Result<Vec<LineReport>, Reason> {
    let run = match path.extension().and_then(|extension| extension.to_str()) {
        Some("jsonl") => legal_case::run,
        Some("csv") => day_count::run,
        _ => {
            return Err(Reason::new(
                "les cas sont dans des fichiers nommés *.jsonl ou *.csv",
                "cases stand in files named *.jsonl or *.csv",
            ));
        }
    };
    let text = fs::read_to_string(path).map_err(|error| Reason::unreadable(&error))?;
    let patterns = Patterns::beside(path)?;
    run(&Bench { book, reference, patterns: &patterns }, text.trim_start_matches('\u{feff}'))
}

/// What the cases of one file are run against.
#[derive(Clone, Copy)]
struct Bench<'a> {
    book: &'a RuleBook,
    reference: NaiveDate,
    patterns: &'a Patterns,
}

/// What a rule gives for a case, by field.
type Answer = Vec<(&'static str, Value)>;
