//! The header: which column is where.

use std::fmt;

/// A column that a file may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// First name; every file has it.
    GivenName,
    /// Last name; every file has it.
    FamilyName,
    /// The number in the HR system.
    StaffNumber,
    /// The name to log in with, where it is not to be made of the person's names.
    Username,
    /// Roles beside that of every agent.
    Roles,
}

impl Column {
    /// Every column.
    pub const ALL: [Self; 5] = [Self::GivenName, Self::FamilyName, Self::StaffNumber, Self::Username, Self::Roles];

    /// The name in the header.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::StaffNumber => "staff_number",
            Self::Username => "username",
            Self::Roles => "roles",
        }
    }

    const fn is_required(self) -> bool {
        matches!(self, Self::GivenName | Self::FamilyName)
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is wrong with the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Not a line of text in UTF-8 with quotes that close.
    #[error("is not a line of CSV in UTF-8")]
    NotCsv,
    /// A column that is not one of [`Column`]; the place counts from 1.
    #[error(
        "column {place} is unknown: the columns are given_name, family_name and, if wanted, staff_number, username, roles"
    )]
    Unknown {
        /// Which one, from 1.
        place: usize,
    },
    /// A column stands twice.
    #[error("column {0} stands twice")]
    Twice(Column),
    /// A column that every file has is not there.
    #[error("column {0} is missing")]
    Missing(Column),
}

/// The columns of one file.
pub(super) struct Columns {
    order: Vec<Column>,
    delimiter: u8,
}

impl Columns {
    pub(super) fn parse(line: &[u8]) -> Result<Self, HeaderError> {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        let delimiter = if line.contains(&b';') { b';' } else { b',' };
        let record = split(line, delimiter).ok_or(HeaderError::NotCsv)?;
        let mut order = Vec::new();
        for (place, name) in (1..).zip(&record) {
            let name = std::str::from_utf8(name).map_err(|_| HeaderError::NotCsv)?.trim();
            let known = Column::ALL.into_iter().find(|column| column.as_str().eq_ignore_ascii_case(name));
            let column = known.ok_or(HeaderError::Unknown { place })?;
            if order.contains(&column) {
                return Err(HeaderError::Twice(column));
            }
            order.push(column);
        }
        let missing = Column::ALL.into_iter().find(|column| column.is_required() && !order.contains(column));
        missing.map_or(Ok(Self { order, delimiter }), |column| Err(HeaderError::Missing(column)))
    }

    pub(super) fn split(&self, line: &[u8]) -> Option<csv::ByteRecord> {
        split(line, self.delimiter)
    }

    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// The bytes of a column in a record; none where the file does not have the column.
    pub(super) fn field<'a>(&self, record: &'a csv::ByteRecord, column: Column) -> Option<&'a [u8]> {
        record.get(self.order.iter().position(|known| *known == column)?)
    }
}

/// The fields of one line; none if its quotes do not close.
fn split(line: &[u8], delimiter: u8) -> Option<csv::ByteRecord> {
    if line.iter().filter(|byte| **byte == b'"').count() % 2 == 1 {
        return None;
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter)
        .buffer_capacity(line.len().max(1))
        .from_reader(line);
    let mut record = csv::ByteRecord::new();
    reader.read_byte_record(&mut record).ok()?;
    Some(record)
}
