//! What somebody writes in his own words.

use serde::{Deserialize, Deserializer, de};
use std::fmt;
use utoipa::ToSchema;
use web::Expected;

const MAX_CHARS: usize = 500;
const EXPECTED: Expected = Expected("1 à 500 caractères, pas tous blancs", "1 to 500 characters, not all blank");

/// 1 to 500 characters, trimmed, that are not all blank. It has no other `Debug` than its type.
#[derive(ToSchema)]
#[schema(value_type = String, min_length = 1, max_length = 500)]
pub(crate) struct Words(String);

impl Words {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Words(…)")
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let words = text.trim();
        if words.is_empty() || words.chars().count() > MAX_CHARS {
            return Err(de::Error::invalid_value(de::Unexpected::Other("text"), &EXPECTED));
        }
        Ok(Self(words.to_owned()))
    }
}
