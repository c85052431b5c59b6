//! The clocks of a place.

use chrono::FixedOffset;
use chrono_tz::Tz;
use std::str::FromStr;
use web::Text;

/// Which clocks dates without an offset were read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// Clocks that are never put forward or back.
    Offset(FixedOffset),
    /// Those of a place, by its name in the time zone database of IANA.
    Place(Tz),
}

impl FromStr for Zone {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let offset = text.parse().map(Self::Offset);
        offset.or_else(|_| text.parse().map(Self::Place)).map_err(|_| {
            let expected = Text::new(
                "attendu : un décalage, comme +01:00, ou un fuseau de l’IANA, comme Europe/Paris",
                "expected an offset, such as +01:00, or a zone of IANA's, such as Europe/Paris",
            );
            expected.to_string()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_or_a_place() {
        assert_eq!("Europe/Paris".parse(), Ok(Zone::Place(Tz::Europe__Paris)));
        assert_eq!("-03:30".parse(), Ok(Zone::Offset(FixedOffset::west_opt(3 * 3600 + 1800).unwrap())));
        for wrong in ["", "Paris", "CET+1", "+25:00", "Europe/Lutetia"] {
            assert!(wrong.parse::<Zone>().is_err_and(|told| told.starts_with("attendu")), "{wrong}");
        }
    }
}
