//! A username as it is typed at the door.

use events::username::{LoginName, MAX_BYTES};
use serde::{Deserialize, Deserializer, de};
use utoipa::ToSchema;
use web::Expected;

/// At most 256 bytes. It may be a password in the wrong field, so `Debug` tells nothing.
#[derive(Clone, Debug, ToSchema)]
#[schema(value_type = String, max_length = 256, example = "marie.curie")]
pub(crate) struct TypedName(LoginName);

impl TypedName {
    pub(crate) const fn login_name(&self) -> &LoginName {
        &self.0
    }
}

impl<'de> Deserialize<'de> for TypedName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.len() > MAX_BYTES {
            return Err(de::Error::invalid_value(
                de::Unexpected::Other("text"),
                &Expected("256 octets au plus", "at most 256 bytes"),
            ));
        }
        Ok(Self(LoginName::typed(&text)))
    }
}
