//! What a column of the database is to us.

use events::Position;

/// A position, which is not negative.
pub(crate) fn position(number: i64) -> Result<Position, sqlx::Error> {
    Position::new(number).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}
