//! What serde's errors say, without what the client sent: it may be a password.

use serde::de;
use std::fmt;

use crate::{
    kinds::INVALID_FIELD,
    language::Text,
    problem::{Field, Problem},
};

/// What is wrong with a value, in both languages.
pub(crate) enum Fault {
    /// A required member is absent; its name comes from our code.
    Missing(String),
    /// A member came twice; its name comes from our code.
    Twice(String),
    /// A member that nobody asked for.
    Unknown,
    /// Another type or value was expected.
    Unexpected(Text),
}

pub(crate) const REQUIRED: Text = Text::new("champ obligatoire", "required");
pub(crate) const TWICE: Text = Text::new("donné deux fois", "given twice");
pub(crate) const UNKNOWN: Text = Text::new("champ inconnu", "unknown field");
pub(crate) const NUL: Text = Text::new("contient le caractère NUL", "contains the NUL character");
const INVALID: Text = Text::new("valeur invalide", "invalid value");

/// Reads a message that serde made.
///
/// Such a message quotes what was sent and ends with what our code expected; only the latter is kept. A type
/// that wants to explain itself answers `de::Error::invalid_value(unexpected, &Expected(fr, en))`; the text of a
/// `custom` error may quote anything, so it is dropped.
pub(crate) fn explain(message: &str) -> Fault {
    let name = |prefix: &str| message.strip_prefix(prefix).and_then(|rest| rest.split('`').next()).map(str::to_owned);
    if let Some(field) = name("missing field `") {
        return Fault::Missing(field);
    }
    if let Some(field) = name("duplicate field `") {
        return Fault::Twice(field);
    }
    if message.starts_with("unknown field `") {
        return Fault::Unknown;
    }
    if message.starts_with("expected value") {
        // Of valid JSON: a number or the like where one of several names belongs.
        return Fault::Unexpected(expectation("a string"));
    }
    if message.starts_with("UUID parsing failed") {
        return Fault::Unexpected(expectation("a UUID"));
    }
    let of_serde = ["invalid type: ", "invalid value: ", "invalid length ", "unknown variant `"];
    let expected = of_serde
        .iter()
        .any(|prefix| message.starts_with(prefix))
        .then(|| message.rsplit_once(", expected "))
        .flatten()
        .map(|(_, expected)| expected.rsplit_once(" at line ").map_or(expected, |(expected, _)| expected));
    Fault::Unexpected(expected.map_or(INVALID, expectation))
}

/// What serde says of a file that an operator wrote, whose members may be named; none for what it does not say itself.
#[must_use]
pub fn explained(message: &str) -> Option<Text> {
    let named = |text: Text, name: &str| text.of(format_args!("`{name}`"));
    match explain(message) {
        Fault::Missing(name) => Some(named(REQUIRED, &name)),
        Fault::Twice(name) => Some(named(TWICE, &name)),
        Fault::Unknown => message.split('`').nth(1).map(|name| named(UNKNOWN, name)),
        Fault::Unexpected(text) => Some(text).filter(|text| *text != INVALID),
    }
}

/// Refuses fields that nobody asked for: the first few, since a body can hold thousands.
pub(crate) fn unknown(fields: impl IntoIterator<Item = Field>) -> Problem {
    fields.into_iter().take(10).fold(Problem::from(&INVALID_FIELD), |problem, field| problem.error(field, UNKNOWN))
}

/// What a type of ours expects, in French and English, for serde's errors.
#[derive(Clone, Copy, Debug)]
pub struct Expected(pub &'static str, pub &'static str);

/// Between the two languages of an [`Expected`]: the unit separator of ASCII, which no text holds.
const SEPARATOR: char = '\u{1f}';

impl de::Expected for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{SEPARATOR}{}", self.0, self.1)
    }
}

/// Says what was expected in the words of JSON, where serde uses those of Rust.
#[must_use]
pub fn expectation(expected: &str) -> Text {
    let (fr, en) = match expected {
        "a string" | "string" | "str" | "String" => ("une chaîne", "a string"),
        "a boolean" | "bool" => ("un booléen", "a boolean"),
        "a sequence" => ("un tableau", "an array"),
        "a map" => ("un objet", "an object"),
        "socket address" => ("une adresse et un port : 127.0.0.1:8080", "an address and a port: 127.0.0.1:8080"),
        "a UUID" => ("un UUID", "a UUID"),
        "a counter" => (
            "un compteur et son année, sauf time-savings : annual-leave:2026, rtt:2026",
            "a counter and its year, but for time-savings: annual-leave:2026, rtt:2026",
        ),
        "a quota" => ("un nombre de centièmes de pour cent, de 1 à 10000", "hundredths of a per cent, 1 to 10000"),
        "a civil date" => (
            "une date qui existe, de 1990 à 2099 (convention) : 2026-05-13",
            "an existing date from 1990 to 2099 (convention): 2026-05-13",
        ),
        "u8" => ("un entier de 0 à 255", "an integer from 0 to 255"),
        "u16" => ("un entier de 0 à 65535", "an integer from 0 to 65535"),
        "u32" | "u64" | "usize" => ("un entier positif ou nul", "a non-negative integer"),
        "i8" | "i16" | "i32" | "i64" | "isize" => ("un entier", "an integer"),
        "f32" | "f64" => ("un nombre", "a number"),
        _ if expected.starts_with("struct ") => ("un objet", "an object"),
        _ => match expected.split_once(SEPARATOR) {
            Some(languages) => languages,
            None => return one_of(expected),
        },
    };
    Text::made(format!("attendu : {fr}"), format!("expected {en}"))
}

/// The names of an enum's variants, which serde lists in English; or what another crate expects.
fn one_of(expected: &str) -> Text {
    let names = expected.strip_prefix("one of ").unwrap_or(expected).replace(" or ", ", ");
    if names.starts_with('`') && names.ends_with('`') {
        Text::made(format!("attendu, au choix : {names}"), format!("expected {expected}"))
    } else {
        Text::made(format!("attendu : {expected}"), format!("expected {expected}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language::{English, French};

    fn said(message: &str) -> String {
        match explain(message) {
            Fault::Unexpected(text) => text.said_in(English).to_owned(),
            Fault::Missing(name) | Fault::Twice(name) => name,
            Fault::Unknown => "unknown".to_owned(),
        }
    }

    #[test]
    fn the_value_is_never_repeated() {
        assert_eq!(
            said(r#"invalid type: string "hunter2, expected hunter2", expected u64 at line 1 column 20"#),
            "expected a non-negative integer"
        );
        assert_eq!(said("unknown variant `hunter2`, expected `agent` or `manager`"), "expected `agent` or `manager`");
        assert_eq!(said("the value hunter2 is odd, expected hunter2"), "invalid value");
        assert_eq!(said("unknown field `hunter2`, expected `a`"), "unknown");
    }

    #[test]
    fn french_says_it_in_french() {
        let french = |message: &str| match explain(message) {
            Fault::Unexpected(text) => text.said_in(French).to_owned(),
            _ => String::new(),
        };
        assert_eq!(french("unknown variant `x`, expected `agent` or `hr`"), "attendu, au choix : `agent`, `hr`");
        assert_eq!(french("unknown variant `x`, expected one of `a`, `b`"), "attendu, au choix : `a`, `b`");
        let two = <serde_json::Error as de::Error>::invalid_value(de::Unexpected::Other("x"), &Expected("un", "one"));
        assert_eq!(
            (french(&two.to_string()).as_str(), said(&two.to_string()).as_str()),
            ("attendu : un", "expected one")
        );
    }

    #[test]
    fn a_missing_member_is_named() {
        assert_eq!(said("missing field `motive` at line 1 column 2"), "motive");
    }
}
