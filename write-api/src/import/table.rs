//! A CSV file with named columns, read row by row: what is wrong with a row hinders no other.

use super::lines::Lines;
use chrono::NaiveDate;
use events::counted;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead};
use web::Text;

const MAX_LINE_BYTES: usize = 4096;
/// The most that is taken of a file, in bytes, as of one of agents: its rows are kept in memory.
const MOST_BYTES: u64 = 32 << 20;

const WHOLE_NUMBER: Text = Text::new("n’est pas un nombre entier", "not a whole number");
const DATE: Text =
    Text::new("n’est pas une date existante écrite AAAA-MM-JJ", "not an existing date written YYYY-MM-DD");
const NOT_CSV: Text = Text::new(
    "n’est pas une ligne de CSV en UTF-8 aux guillemets refermés",
    "not a line of CSV in UTF-8 with quotes that close",
);

/// Why a file as a whole cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file is empty.
    #[error(
        "{file} : le fichier est vide : sa première ligne nomme les colonnes — the file is empty: its first line must name the columns"
    )]
    Empty {
        /// Which.
        file: String,
    },
    /// The first line is no CSV in UTF-8.
    #[error("{file}, ligne 1 : n’est pas une ligne de CSV en UTF-8 — line 1: not a line of CSV in UTF-8")]
    Header {
        /// Which.
        file: String,
    },
    /// A column is not there.
    #[error("{file}, ligne 1 : colonne `{column}` absente — line 1: column `{column}` is missing")]
    Missing {
        /// Which.
        file: String,
        /// The column.
        column: &'static str,
    },
    /// The file is larger than what is taken of one.
    #[error("{file} : plus de {most} octets : rien n’en est lu — more than {most} bytes: nothing of it is read")]
    TooLarge {
        /// Which.
        file: String,
        /// The most, in bytes.
        most: u64,
    },
    /// The file cannot be read on.
    #[error("{file} : le fichier ne peut pas être lu — the file cannot be read")]
    Io {
        /// Which.
        file: String,
        /// What the system says.
        source: io::Error,
    },
}

/// A row that was not recorded, and why. It quotes none of the row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BadRow {
    /// The file.
    pub file: String,
    /// The line of the file, from 1.
    pub line: u64,
    /// What is wrong.
    pub reason: Text,
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, ligne {} : {}", self.file, self.line, self.reason)
    }
}

/// In the order of files and lines.
pub(super) fn sort(bad: &mut [BadRow]) {
    bad.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
}

/// One row: its fields by the name of their column.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) line: u64,
    fields: BTreeMap<&'static str, String>,
}

impl Row {
    /// A field, trimmed.
    pub(super) fn text(&self, column: &'static str) -> &str {
        self.fields.get(column).map_or("", |field| field.trim())
    }

    /// A whole number.
    pub(super) fn number(&self, column: &'static str) -> Result<u32, Text> {
        let text = self.text(column);
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits).ok_or_else(|| WHOLE_NUMBER.of(column))
    }

    /// A date written 2026-05-13.
    pub(super) fn date(&self, column: &'static str) -> Result<NaiveDate, Text> {
        let text = self.text(column);
        text.parse().ok().filter(|_| text.len() == 10).ok_or_else(|| DATE.of(column))
    }
}

/// The rows of a file, each with its fields or with what is wrong with it.
pub(super) fn rows(
    file: &str,
    input: impl BufRead,
    columns: &[&'static str],
) -> Result<Vec<Result<Row, BadRow>>, TableError> {
    rows_of_at_most(MOST_BYTES, file, input, columns)
}

fn rows_of_at_most(
    most: u64,
    file: &str,
    input: impl BufRead,
    columns: &[&'static str],
) -> Result<Vec<Result<Row, BadRow>>, TableError> {
    let io = |source| TableError::Io { file: file.to_owned(), source };
    let mut lines = Lines::new(input.take(most + 1), MAX_LINE_BYTES);
    let header = match lines.next_line().map_err(io)? {
        Some(header) => header.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(header.bytes).to_vec(),
        None => return Err(TableError::Empty { file: file.to_owned() }),
    };
    let header = fields(&header).ok_or_else(|| TableError::Header { file: file.to_owned() })?;
    let place = |column: &&'static str| {
        let found = header.iter().position(|name| name.trim() == *column);
        found.map(|place| (*column, place)).ok_or_else(|| TableError::Missing { file: file.to_owned(), column })
    };
    let places = columns.iter().map(place).collect::<Result<Vec<_>, _>>()?;
    let mut rows = Vec::new();
    while let Some(raw) = lines.next_line().map_err(io)? {
        let line = raw.number;
        let bad = |reason: Text| BadRow { file: file.to_owned(), line, reason };
        if raw.bytes.trim_ascii().is_empty() {
            continue;
        }
        rows.push(if raw.cut {
            Err(bad(Text::made(
                format!("plus de {MAX_LINE_BYTES} octets"),
                format!("longer than {MAX_LINE_BYTES} bytes"),
            )))
        } else {
            match fields(raw.bytes) {
                None => Err(bad(NOT_CSV)),
                Some(found) if found.len() != header.len() => Err(bad(Text::made(
                    format!(
                        "{}, et la première ligne en nomme {}",
                        counted::fr(found.len(), "champ", "champs"),
                        header.len()
                    ),
                    format!(
                        "{} where the first line names {}",
                        counted::en(found.len(), "field", "fields"),
                        header.len()
                    ),
                ))),
                Some(found) => Ok(Row {
                    line,
                    fields: places.iter().filter_map(|(column, at)| Some((*column, found.get(*at)?.clone()))).collect(),
                }),
            }
        });
    }
    if lines.bytes_read() > most { Err(TableError::TooLarge { file: file.to_owned(), most }) } else { Ok(rows) }
}

/// The fields of one line; none when it is not UTF-8, or a quote does not close.
fn fields(line: &[u8]) -> Option<Vec<String>> {
    let text = std::str::from_utf8(line).ok()?;
    if text.matches('"').count() % 2 != 0 {
        return None;
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let record = reader.records().next()?.ok()?;
    Some(record.iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Read;

    fn read(text: &[u8]) -> Result<Vec<Result<Row, BadRow>>, TableError> {
        rows("f.csv", text, &["a", "b"])
    }

    #[test]
    fn a_file_without_a_column_is_refused_by_its_name() {
        let missing = "f.csv, ligne 1 : colonne `b` absente — line 1: column `b` is missing";
        assert_eq!(read(b"a,c\n1,2\n").unwrap_err().to_string(), missing);
        assert!(matches!(read(b""), Err(TableError::Empty { .. })));
        assert!(matches!(read(b"\xff\xfea\x00,\x00b\x00\n"), Err(TableError::Header { .. })), "UTF-16");
    }

    #[test]
    fn a_row_in_another_encoding_is_named_and_hinders_no_other() {
        let rows = read("\u{feff}b,a\n1,2\nx,\u{e9}\n".as_bytes()).unwrap();
        assert_eq!(rows[0].as_ref().unwrap().text("a"), "2");
        let rows = read(b"a,b\n1,caf\xe9\n3,4\n5\n\"6,7\n").unwrap();
        let reasons: Vec<_> = rows.iter().filter_map(|row| row.as_ref().err()).map(|bad| bad.line).collect();
        assert_eq!(reasons, [2, 4, 5]);
        assert_eq!(rows[1].as_ref().unwrap().text("b"), "4");
    }

    /// Also one that never ends, a pipe or a device.
    #[test]
    fn a_row_that_is_too_long_is_named_and_hinders_no_other() {
        let row = |length: usize| format!("{},1\n", "a".repeat(length - 2));
        let text = format!("a,b\n{}{}c,2\n", row(4096), row(4097));
        let rows = rows("f.csv", text.as_bytes(), &["a"]).unwrap();
        let bad: Vec<_> = rows.iter().filter_map(|row| row.as_ref().err()).collect();
        assert_eq!((rows.len(), bad.len(), bad[0].line), (3, 1, 3));
        assert!(bad[0].reason.to_string().contains("4096"), "{}", bad[0].reason);
    }

    #[test]
    fn a_file_that_is_too_large_is_refused() {
        let columns = ["a", "b"];
        let told = rows_of_at_most(1000, "f.csv", io::BufReader::new(Endless(b"a,b\n")), &columns).unwrap_err();
        assert!(matches!(told, TableError::TooLarge { most: 1000, .. }), "{told}");
        assert!(rows_of_at_most(1000, "f.csv", io::BufReader::new(Endless(b"x")), &columns).is_err(), "one line");
        assert_eq!(rows_of_at_most(8, "f.csv", &b"a,b\n1,2\n"[..], &columns).unwrap().len(), 1);
    }

    /// The same text, again and again.
    struct Endless(&'static [u8]);

    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let fit = buffer.len() / self.0.len() * self.0.len();
            buffer[..fit].chunks_mut(self.0.len()).for_each(|chunk| chunk.copy_from_slice(self.0));
            Ok(fit)
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(text in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&text);
            let _ = read(&[b"a,b\n", text.as_slice()].concat());
        }
    }
}
