//! The files of an HR base with periods of validity: `from_date` is the first day, `to_date` the day after the last,
//! and 9999-01-01 says that it goes on.

use crate::import::table::{self, BadRow, Row, TableError};
use crate::leave::problems::closed_unit;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;
use web::Text;

/// A period of validity: from its first day to the day after its last, or going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Validity {
    pub(super) from: NaiveDate,
    pub(super) to: Option<NaiveDate>,
}

/// One statement of a file about somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) file: String,
    pub(super) line: u64,
    pub(super) value: String,
    pub(super) validity: Validity,
}

/// The statements about each, by his number.
pub(super) type Statements = BTreeMap<u32, Vec<Statement>>;

/// What the files say, with what is wrong in them.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub(super) departments: BTreeMap<String, (u64, String)>,
    pub(super) managers: Statements,
    pub(super) assignments: Statements,
    /// Of whom an assignment could not be read, or was set aside.
    pub(super) misplaced: BTreeSet<u32>,
    pub(super) titles: Statements,
    pub(super) rows: u64,
    pub(super) bad: Vec<BadRow>,
    pub(super) not_read: Vec<String>,
}

/// Why the files cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum HrError {
    /// The folder cannot be read.
    #[error("{folder} : le dossier ne peut pas être lu — the folder cannot be read")]
    Folder {
        /// Which.
        folder: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file that is needed is not there, or stands twice.
    #[error(
        "{folder} : il faut un fichier {name}*.csv, et il y en a {found} — one file named {name}*.csv is needed, {found} are there"
    )]
    Files {
        /// Where.
        folder: String,
        /// Its name's beginning.
        name: &'static str,
        /// How many there are.
        found: usize,
    },
    /// A file cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// Something was not recorded.
    #[error("ce que disent les fichiers n’a pas pu être inscrit — what the files say could not be recorded")]
    Recording(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The date that stands for no end.
const OPEN: &str = "9999-01-01";
const LONGEST_TEXT: usize = 200;
const LONGEST_CODE: usize = 32;

const NO_DEPARTMENT: Text = Text::new("ce service n’existe pas", "no such department");

fn not_of(column: &str, most: usize) -> Text {
    Text::made(format!("n’a pas de 1 à {most} caractères"), format!("not of 1 to {most} characters")).of(column)
}

impl Files {
    pub(super) fn read(folder: &Path) -> Result<Self, HrError> {
        let failed = |source| HrError::Folder { folder: folder.display().to_string(), source };
        let mut names = BTreeSet::new();
        for entry in fs::read_dir(folder).map_err(failed)? {
            names.insert(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
        }
        let mut files = Self::default();
        let mut read = BTreeSet::new();
        let mut open = |name: &'static str| -> Result<(String, BufReader<File>), HrError> {
            let is_it = |file: &&String| {
                file.strip_prefix(name)
                    .is_some_and(|rest| rest == ".csv" || (rest.starts_with('_') && rest.ends_with(".csv")))
            };
            let found: Vec<_> = names.iter().filter(is_it).collect();
            let &[file] = found.as_slice() else {
                return Err(HrError::Files { folder: folder.display().to_string(), name, found: found.len() });
            };
            read.insert(file.clone());
            let opened = File::open(folder.join(file)).map_err(failed)?;
            Ok((file.clone(), BufReader::new(opened)))
        };
        let (departments, managers, assignments, titles) =
            (open("departments")?, open("dept_manager")?, open("dept_emp")?, open("titles")?);
        files.read_departments(departments)?;
        let known: BTreeSet<String> = files.departments.keys().cloned().collect();
        let in_known = |value: &str| if known.contains(value) { Ok(()) } else { Err(NO_DEPARTMENT.of("dept_no")) };
        let (managers, _) = files.statements(managers, "dept_no", &in_known)?;
        let (assignments, misplaced) = files.statements(assignments, "dept_no", &in_known)?;
        let (titled, _) = files.statements(titles, "title", &|value| {
            let length = value.chars().count();
            if (1..=LONGEST_TEXT).contains(&length) { Ok(()) } else { Err(not_of("title", LONGEST_TEXT)) }
        })?;
        (files.managers, files.assignments, files.titles) = (managers, assignments, titled);
        files.misplaced = misplaced;
        files.not_read = names.difference(&read).filter(|name| name.ends_with(".csv")).cloned().collect();
        Ok(files)
    }

    fn read_departments(&mut self, (file, input): (String, BufReader<File>)) -> Result<(), HrError> {
        for row in table::rows(&file, input, &["dept_no", "dept_name"])? {
            self.rows += 1;
            let row = match row {
                Ok(row) => row,
                Err(bad) => {
                    self.bad.push(bad);
                    continue;
                }
            };
            let (code, name) = (row.text("dept_no").to_owned(), row.text("dept_name").to_owned());
            let reason = match self.departments.get(&code) {
                _ if code.is_empty() || code.chars().count() > LONGEST_CODE => Some(not_of("dept_no", LONGEST_CODE)),
                _ if name.is_empty() || name.chars().count() > LONGEST_TEXT => Some(not_of("dept_name", LONGEST_TEXT)),
                Some((line, _)) => Some(
                    Text::made(format!("déjà à la ligne {line}"), format!("line {line} has it already")).of("dept_no"),
                ),
                None => None,
            };
            match reason {
                Some(reason) => self.bad.push(BadRow { file: file.clone(), line: row.line, reason }),
                None => drop(self.departments.insert(code, (row.line, name))),
            }
        }
        Ok(())
    }

    /// Sets aside what places somebody in a unit after its last day.
    pub(super) fn refuse_closed(&mut self, closed: &BTreeMap<String, NaiveDate>) {
        let mut refuse = |places: &mut Vec<Statement>| {
            let before = places.len();
            places.retain(|Statement { file, line, value, validity }| {
                let Some(on) = closed.get(value).filter(|on| **on < validity.from) else { return true };
                let reason = closed_unit("/unit", *on).text().of("dept_no");
                self.bad.push(BadRow { file: file.clone(), line: *line, reason });
                false
            });
            places.len() < before
        };
        for terms in self.managers.values_mut() {
            refuse(terms);
        }
        let assignments = self.assignments.iter_mut();
        self.misplaced.extend(assignments.filter_map(|(number, places)| refuse(places).then_some(*number)));
    }

    /// What the rows of a file say, and of whom one could not be read.
    fn statements(
        &mut self,
        (file, input): (String, BufReader<File>),
        column: &'static str,
        check: &dyn Fn(&str) -> Result<(), Text>,
    ) -> Result<(Statements, BTreeSet<u32>), HrError> {
        let mut all = Statements::new();
        let mut unread = BTreeSet::new();
        for row in table::rows(&file, input, &["emp_no", column, "from_date", "to_date"])? {
            self.rows += 1;
            match row.and_then(|row| {
                let line = row.line;
                statement(&file, &row, column, check).map_err(|reason| {
                    unread.extend(row.number("emp_no"));
                    BadRow { file: file.clone(), line, reason }
                })
            }) {
                Ok((number, statement)) => {
                    let of_one = all.entry(number).or_default();
                    match of_one.iter().find(|other| other.validity.from == statement.validity.from) {
                        Some(other) => self.bad.push(BadRow {
                            file: file.clone(),
                            line: statement.line,
                            reason: Text::made(
                                format!("la ligne {} dit déjà quelque chose à partir de cette date", other.line),
                                format!("line {} says something from this date already", other.line),
                            )
                            .of("from_date"),
                        }),
                        None => of_one.push(statement),
                    }
                }
                Err(bad) => self.bad.push(bad),
            }
        }
        for of_one in all.values_mut() {
            of_one.sort_by_key(|statement| statement.validity);
        }
        Ok((all, unread))
    }
}

fn statement(
    file: &str,
    row: &Row,
    column: &'static str,
    check: &dyn Fn(&str) -> Result<(), Text>,
) -> Result<(u32, Statement), Text> {
    let number = row.number("emp_no")?;
    let value = row.text(column).to_owned();
    check(&value)?;
    let from = supported(row.date("from_date")?, "from_date")?;
    let to = match row.text("to_date") {
        OPEN => None,
        _ => Some(supported(row.date("to_date")?, "to_date")?),
    };
    if to.is_some_and(|to| to <= from) {
        return Err(Text::new("n’est pas après from_date", "not after from_date").of("to_date"));
    }
    Ok((number, Statement { file: file.to_owned(), line: row.line, value, validity: Validity { from, to } }))
}

/// Dates of a working life: from a century ago to the end of what the rules know.
fn supported(date: NaiveDate, column: &str) -> Result<NaiveDate, Text> {
    use chrono::Datelike;
    if (1900..=*events::date::YEARS.end()).contains(&date.year()) {
        Ok(date)
    } else {
        let last = events::date::YEARS.end();
        let (fr, en) =
            (format!("n’est pas de 1900 à {last}, ni {OPEN}"), format!("not a date from 1900 to {last} or {OPEN}"));
        Err(Text::made(fr, en).of(column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Days;
    use proptest::prelude::*;

    const COLUMNS: [&str; 4] = ["emp_no", "dept_no", "from_date", "to_date"];

    /// What a file of one row says.
    fn read(number: &str, value: &str, from: &str, to: &str) -> Result<(u32, Statement), Text> {
        let quoted = [number, value, from, to].map(|field| format!("\"{}\"", field.replace('"', "\"\"")));
        let text = format!("{}\n{}\n", COLUMNS.join(","), quoted.join(","));
        let mut rows = table::rows("f.csv", text.as_bytes(), &COLUMNS).unwrap();
        let row = rows.pop().unwrap().map_err(|bad| bad.reason)?;
        statement("f.csv", &row, "dept_no", &|_| Ok(()))
    }

    proptest! {
        #[test]
        fn a_statement_is_read_back(number: u32, value in "[a-zé,\"]{1,20}", day in 0..45_000u64, days in proptest::option::of(1..9_000u64)) {
            let from = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap() + Days::new(day);
            let to = days.map(|days| from + Days::new(days));
            let written = to.map_or(OPEN.to_owned(), |to| to.to_string());
            let (found, statement) = read(&number.to_string(), &value, &from.to_string(), &written).unwrap();
            prop_assert_eq!((found, statement.value, statement.validity), (number, value, Validity { from, to }));
        }

        #[test]
        fn any_fields_are_refused_or_say_what_can_be(
            number in "[0-9+ -]{0,12}",
            value in "[^\\p{C}]{0,20}",
            from in "([0-9]{4}-[0-9]{2}-[0-9]{2}|\\PC{0,12})",
            to in "(9999-01-01|[0-9]{4}-[0-9]{2}-[0-9]{2}|\\PC{0,12})",
        ) {
            if let Ok((found, Statement { validity: Validity { from: first, to: after }, .. })) = read(&number, &value, &from, &to) {
                prop_assert_eq!(number.trim().parse(), Ok(found));
                prop_assert_eq!(first.to_string(), from.trim());
                prop_assert_eq!(after.map_or(OPEN.to_owned(), |after| after.to_string()), to.trim());
                prop_assert!(after.is_none_or(|after| first < after));
            }
        }
    }
}
