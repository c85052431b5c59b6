//! What the refusal of a leave has to hold.

use serde::{Deserialize, Serialize};

/// Annual leave is refused in the interest of the service, families having priority in the calendar (D 85-1250 art.
/// 3); here every refusal has a motive (convention).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    motive_required: bool,
    longest_motive_chars: u32,
}

/// Why a refusal cannot stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum InvalidRefusal {
    /// No motive.
    #[error("a refusal needs a motive (D 85-1250 art. 3)")]
    NoMotive,
    /// Too long a motive.
    #[error("a motive has at most {0} characters")]
    TooLong(u32),
}

impl Refusal {
    /// Whether a refusal for this motive may stand.
    ///
    /// # Errors
    /// [`InvalidRefusal`] with the reason.
    pub fn check(&self, motive: &str) -> Result<(), InvalidRefusal> {
        if self.motive_required && motive.trim().is_empty() {
            Err(InvalidRefusal::NoMotive)
        } else if motive.chars().nth(self.longest_motive_chars as usize).is_some() {
            Err(InvalidRefusal::TooLong(self.longest_motive_chars))
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleBook;
    use crate::date::day;

    #[test]
    fn a_refusal_has_a_motive_of_reasonable_length() {
        let book = RuleBook::embedded().unwrap();
        let rule = book.at(day("2026-01-01")).refusal().unwrap();
        assert_eq!(rule.check("\t "), Err(InvalidRefusal::NoMotive));
        assert_eq!(rule.check("Two of three colleagues are away"), Ok(()));
        assert_eq!(rule.check(&"é".repeat(2000)), Ok(()));
        assert_eq!(rule.check(&"é".repeat(2001)), Err(InvalidRefusal::TooLong(2000)));
    }
}
