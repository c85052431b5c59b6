//! Long lists as CSV (RFC 4180) that a spreadsheet opens without harm.

use std::borrow::Cow;

use axum::{body::Bytes, response::Response};
use futures::{Stream, StreamExt, stream};

use crate::{
    ndjson::{ROWS_A_WRITE, streamed},
    problem::Problem,
};

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Text, of which anyone may be the author.
    Text(Cow<'a, str>),
    /// A whole number, which a spreadsheet may read as one.
    Number(i64),
    /// Nothing.
    Empty,
}

impl Cell<'_> {
    /// As it is written: control characters and those that turn the direction of text are escaped as in Rust
    /// (`\n`, `\u{202e}`), and what a spreadsheet would take for a formula gets a leading apostrophe (OWASP, CSV
    /// Injection).
    fn written(&self) -> String {
        let text = match self {
            Self::Text(text) => text,
            Self::Number(number) => return number.to_string(),
            Self::Empty => return String::new(),
        };
        let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
        let quote = if formula { "'" } else { "" };
        text.chars().fold(quote.to_owned(), |mut written, character| {
            if character.is_control() || turns_text(character) {
                written.extend(character.escape_default());
            } else {
                written.push(character);
            }
            written
        })
    }
}

/// Bidirectional formatting characters (Unicode Standard Annex 9, table of section 2).
const fn turns_text(character: char) -> bool {
    matches!(character, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Something that is a row of a table.
pub trait Row {
    /// The names of the columns.
    const COLUMNS: &'static [&'static str];

    /// The cells, one a column.
    fn cells(&self) -> Vec<Cell<'_>>;
}

/// Streams rows as `text/csv` under a line of column names, never all in memory.
///
/// A problem on the way is logged and breaks the connection, as in [`ndjson::body`](crate::ndjson::body).
pub fn body<R, S>(rows: S) -> Response
where
    R: Row + Send + 'static,
    S: Stream<Item = Result<R, Problem>> + Send + 'static,
{
    let names = R::COLUMNS.iter().map(|name| Cell::Text(Cow::Borrowed(name))).collect::<Vec<_>>();
    let heading = stream::once(async move { lines([Ok(names)]) });
    let written = rows
        .ready_chunks(ROWS_A_WRITE)
        .map(|rows| lines(rows.iter().map(|row| row.as_ref().map(Row::cells).map_err(Clone::clone))));
    streamed("text/csv; charset=utf-8", heading.chain(written))
}

fn lines<'a>(rows: impl IntoIterator<Item = Result<Vec<Cell<'a>>, Problem>>) -> Result<Bytes, Problem> {
    let mut lines = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        lines.write_record(row?.iter().map(Cell::written)).map_err(Problem::internal)?;
    }
    lines.into_inner().map(Bytes::from).map_err(|error| Problem::internal(error.into_error()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(text: &str) -> String {
        Cell::Text(text.into()).written()
    }

    #[test]
    fn formulas_become_text() {
        for (given, written) in [
            ("=cmd|'/C calc'!A0", "'=cmd|'/C calc'!A0"),
            ("-1+1", "'-1+1"),
            ("\t=1", r"'\t=1"),
            ("＝1", "'＝1"),
            ("a=1", "a=1"),
        ] {
            assert_eq!(text(given), written);
        }
    }

    #[test]
    fn control_characters_are_seen() {
        assert_eq!(text("a\nb\u{1b}[31m\u{202e}é"), r"a\nb\u{1b}[31m\u{202e}é");
    }

    #[test]
    fn numbers_stay_numbers() {
        assert_eq!(Cell::Number(-3).written(), "-3");
    }

    proptest! {
        #[test]
        fn a_row_is_one_line_and_no_formula(typed: String) {
            let line = lines([Ok(vec![Cell::Text(typed.as_str().into()), Cell::Number(1)])]).unwrap();
            let line = std::str::from_utf8(&line).unwrap();
            prop_assert_eq!(line.lines().count(), 1);
            let mut read = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
            let row = read.records().next().unwrap().unwrap();
            prop_assert!(!row[0].starts_with(['=', '+', '-', '@', '\t']));
        }
    }
}
