//! What a field may hold.

use events::account::{Role, UnknownRole};
use events::counted;
use events::username::{InvalidUsername, Username};

/// The most characters of a first or last name.
pub const MAX_NAME_CHARS: usize = 100;

/// The most characters of a staff number.
pub const MAX_STAFF_NUMBER_CHARS: usize = 32;

/// What is wrong with a field or a row. It never quotes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Nothing where something must be.
    #[error("is empty")]
    Empty,
    /// Longer than the limit, in characters.
    #[error("is longer than {limit} characters")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// Bytes of another encoding.
    #[error("is not UTF-8: save the file as UTF-8, it is Latin-1 or another encoding")]
    NotUtf8,
    /// NUL, another control character, or one that turns the direction of writing.
    #[error("holds a control character, or one that changes the direction of writing")]
    Control,
    /// A spreadsheet would compute it (CWE-1236).
    #[error("begins with a sign that spreadsheets take for a formula (= + - @)")]
    Formula,
    /// A staff number of other characters.
    #[error("holds a character other than letters and digits in ASCII, dot, hyphen, slash and underscore")]
    StaffNumber,
    /// Not a username that can be given.
    #[error(transparent)]
    Username(#[from] InvalidUsername),
    /// The names make no username.
    #[error("makes no username ({0}): give one in a column username")]
    MakesNoUsername(InvalidUsername),
    /// Not a role.
    #[error("{}", UnknownRole)]
    Role,
    /// An earlier row has the same.
    #[error("is the same as on line {line}")]
    Duplicate {
        /// The line of the earlier one.
        line: u64,
    },
    /// A row with more or fewer fields than the header.
    #[error("has {} where the header has {expected}", counted::en(*found, "field", "fields"))]
    Fields {
        /// Fields of the header.
        expected: usize,
        /// Fields of the row.
        found: usize,
    },
    /// A quotation mark that does not close on its line.
    #[error("has a quotation mark that does not close")]
    Quotes,
    /// A line longer than [`super::MAX_LINE_BYTES`].
    #[error("is longer than {} bytes", super::MAX_LINE_BYTES)]
    LineTooLong,
}

/// The text of a field, trimmed.
pub(super) fn text(bytes: &[u8]) -> Result<&str, Reason> {
    let text = std::str::from_utf8(bytes).map_err(|_| Reason::NotUtf8)?;
    if text.contains(|c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')) {
        return Err(Reason::Control);
    }
    let text = text.trim();
    if text.starts_with(['=', '+', '-', '@']) {
        return Err(Reason::Formula);
    }
    Ok(text)
}

/// A first or last name.
pub(crate) fn person_name(bytes: &[u8]) -> Result<String, Reason> {
    let name = text(bytes)?;
    if name.is_empty() {
        return Err(Reason::Empty);
    }
    at_most(name, MAX_NAME_CHARS)?;
    Ok(name.to_owned())
}

/// A staff number, if there is one.
pub(crate) fn staff_number(bytes: &[u8]) -> Result<Option<String>, Reason> {
    let number = text(bytes)?;
    at_most(number, MAX_STAFF_NUMBER_CHARS)?;
    if !number.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '/' | '_')) {
        return Err(Reason::StaffNumber);
    }
    Ok((!number.is_empty()).then(|| number.to_owned()))
}

/// An explicit username, if there is one.
pub(crate) fn username(bytes: &[u8]) -> Result<Option<Username>, Reason> {
    let name = text(bytes)?;
    if name.is_empty() { Ok(None) } else { Ok(Some(Username::parse(name)?)) }
}

/// Roles separated by `|`, each once.
pub(super) fn roles(bytes: &[u8]) -> Result<std::collections::BTreeSet<Role>, Reason> {
    let names = text(bytes)?.split('|').map(str::trim).filter(|name| !name.is_empty());
    names.map(|name| name.parse().map_err(|UnknownRole| Reason::Role)).collect()
}

fn at_most(text: &str, limit: usize) -> Result<(), Reason> {
    if text.chars().count() > limit { Err(Reason::TooLong { limit }) } else { Ok(()) }
}
