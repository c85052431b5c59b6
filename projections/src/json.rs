//! Sealed boxes in columns: as the journal has them, opened by nobody here.

use crate::{Contradiction, ProjectionError};
use events::Sealed;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The JSON of a box, or of another value that an event carries, for a column of type jsonb.
pub(crate) fn to_json(value: &impl Serialize) -> Result<String, ProjectionError> {
    serde_json::to_string(value).map_err(|_| Contradiction::NoJson.into())
}

/// The value in a column of type jsonb that was selected as text.
pub(crate) fn of_json<T: DeserializeOwned>(text: &str) -> Result<T, sqlx::Error> {
    serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// The box in a nullable column of type jsonb that was selected as text.
pub(crate) fn of_column(text: Option<&str>) -> Result<Option<Sealed<String>>, sqlx::Error> {
    text.map(of_json).transpose()
}
