//! Rows for PostgreSQL's COPY: what is only ever inserted goes in several times faster than by INSERT.

use crate::ProjectionError;
use sqlx::PgConnection;
use std::fmt::{self, Display, Write};

/// Lines of COPY's text format.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    text: String,
    rows: u64,
    begun: bool,
}

impl Lines {
    /// Adds a column to the row.
    pub(crate) fn column(&mut self, value: impl Display) {
        self.separate();
        // Writing to a string cannot fail.
        let _ = write!(Escaping(&mut self.text), "{value}");
    }

    /// Adds a column that may be null.
    pub(crate) fn nullable(&mut self, value: Option<impl Display>) {
        match value {
            Some(value) => self.column(value),
            None => {
                self.separate();
                self.text.push_str("\\N");
            }
        }
    }

    /// Ends the row.
    pub(crate) fn end_row(&mut self) {
        self.text.push('\n');
        self.rows += 1;
        self.begun = false;
    }

    fn separate(&mut self) {
        if self.begun {
            self.text.push('\t');
        }
        self.begun = true;
    }
}

/// Writes the rows with `statement`, a `COPY … FROM STDIN`.
pub(crate) async fn copy(lines: Lines, statement: &str, connection: &mut PgConnection) -> Result<(), ProjectionError> {
    if lines.rows == 0 {
        return Ok(());
    }
    let mut sink = connection.copy_in_raw(statement).await?;
    sink.send(lines.text.as_bytes()).await?;
    if sink.finish().await? == lines.rows {
        Ok(())
    } else {
        Err(ProjectionError::Contradiction("the database wrote another number of rows"))
    }
}

/// Writes what COPY would take for a delimiter behind a backslash.
struct Escaping<'a>(&'a mut String);

impl Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if !text.contains(['\\', '\t', '\n', '\r']) {
            self.0.push_str(text);
            return Ok(());
        }
        for c in text.chars() {
            match c {
                '\\' => self.0.push_str("\\\\"),
                '\t' => self.0.push_str("\\t"),
                '\n' => self.0.push_str("\\n"),
                '\r' => self.0.push_str("\\r"),
                c => self.0.push(c),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_escaped_and_null_is_no_text() {
        let mut lines = Lines::default();
        lines.column("a\tb\\N\n");
        lines.nullable(None::<&str>);
        lines.nullable(Some(""));
        lines.end_row();
        lines.column(1);
        lines.end_row();

        assert_eq!(lines.text, "a\\tb\\\\N\\n\t\\N\t\n1\n");
    }
}
