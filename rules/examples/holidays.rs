//! Prints every public holiday from 1990 to 2099, one `YYYY-MM-DD name` a line: `tests/holidays_oracle.py` compares
//! them with independent calendars.

use std::error::Error;
use std::io::{self, Write};

use chrono::NaiveDate;
use rules::RuleBook;

fn main() -> Result<(), Box<dyn Error>> {
    let book = RuleBook::embedded()?;
    let mut out = io::stdout().lock();
    for (date, names) in book.calendar().between(NaiveDate::MIN, NaiveDate::MAX) {
        for name in names {
            writeln!(out, "{date} {name}")?;
        }
    }
    Ok(())
}
