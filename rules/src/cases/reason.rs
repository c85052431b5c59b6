//! Why a file, a line or a field of cases cannot be used.

use std::error::Error;
use std::{fmt, io};

use events::date::YEARS;
use serde::{Serialize, Serializer};

use crate::book::NotInForce;
use crate::date::OutsideCalendar;
use crate::period::InvalidPeriod;

/// Why a file, a line or a field cannot be used, in French and in English. As JSON it is the English alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    fr: String,
    en: String,
    /// Whether it is what a rule refuses, in whose own words there is no French.
    of_law: bool,
}

impl Reason {
    pub(super) fn new(fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self { fr: fr.into(), en: en.into(), of_law: false }
    }

    /// The same, said of something that is named in both.
    pub(super) fn of(self, what: impl fmt::Display) -> Self {
        Self { fr: format!("{what} : {}", self.fr), en: format!("{what}: {}", self.en), ..self }
    }

    /// The same, said of the rule and its article where it is one that refuses.
    pub(super) fn by(self, rule: &str, source: &str) -> Self {
        if !self.of_law {
            return self;
        }
        let en = format!("the rule `{rule}` ({source}) does not allow it: {}", self.en);
        Self { fr: format!("la règle « {rule} » ({source}) ne le permet pas"), en, ..self }
    }

    /// Why a file cannot be read.
    pub(super) fn unreadable(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::new("le fichier est introuvable", "the file is not there"),
            io::ErrorKind::InvalidData => {
                Self::new("le fichier n’est pas du texte en UTF-8", "the file is not text in UTF-8")
            }
            _ => Self::new("le fichier ne peut pas être lu", error.to_string()),
        }
    }

    /// In English.
    pub fn english(&self) -> &str {
        &self.en
    }
}

impl<E: Error + 'static> From<E> for Reason {
    fn from(error: E) -> Self {
        let fr = french(&error);
        Self { of_law: fr.is_none(), fr: fr.unwrap_or_else(|| REFUSED.to_owned()), en: error.to_string() }
    }
}

/// What a rule says that refuses, where it is not known which.
const REFUSED: &str = "la règle ne le permet pas";

/// What is wrong, as far as it is told without the words of others.
fn french(error: &(dyn Error + 'static)) -> Option<String> {
    if let Some(NotInForce { rule, date }) = error.downcast_ref() {
        return Some(format!("aucune règle « {rule} » n’est en vigueur le {date}"));
    }
    if let Some(InvalidPeriod::Reversed { start, end }) = error.downcast_ref() {
        return Some(format!("la période finit le {end}, avant de commencer le {start}"));
    }
    if error.is::<OutsideCalendar>() || matches!(error.downcast_ref(), Some(InvalidPeriod::Outside(_))) {
        return Some(format!("attendu : des dates de {} à {}", YEARS.start(), YEARS.end()));
    }
    if error.is::<csv::Error>() {
        return Some("n’est pas du CSV en UTF-8".to_owned());
    }
    if error.is::<serde_json::Error>() {
        return Some("n’est pas le JSON attendu".to_owned());
    }
    None
}

/// French first, as a report shows it to whoever reads either.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} — {}", self.fr, self.en)
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.en)
    }
}

/// What a value should have been, in French and in English.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted(pub(super) &'static str, pub(super) &'static str);

impl Wanted {
    /// Why `value`, which is not that, cannot be used.
    pub(super) fn instead_of(self, value: impl fmt::Display) -> Reason {
        let Self(fr, en) = self;
        Reason::new(format!("{value} n’est pas {fr}"), format!("{value} is not {en}"))
    }
}
