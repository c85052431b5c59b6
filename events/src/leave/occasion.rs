use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a special absence is for, told apart and not told: the first 16 bytes of an HMAC-SHA-256 of the motive and the
/// day of the event of life under a key of the agent's, in hexadecimal. Absences on one occasion have one; it says
/// nothing without the key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Occasion([u8; 16]);

impl Occasion {
    /// The occasion with these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Occasion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Occasion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Occasion({self})")
    }
}

impl FromStr for Occasion {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or("an occasion is 32 hexadecimal digits")
    }
}

impl TryFrom<String> for Occasion {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Occasion> for String {
    fn from(occasion: Occasion) -> Self {
        occasion.to_string()
    }
}
