//! The key under which a command can be sent again without being done again.
//!
//! What was done is remembered with the facts that it made, and answered alike for ever. A refusal made none, and is
//! not kept: the same key decides anew, as of then. The draft would have errors repeated too (section 2.6, SHOULD), for
//! services whose refusals may have had effects; ours change nothing, and whoever was told "not now" may ask again. A call of
//! many commands was answered as a whole, and is answered alike.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};

use crate::{
    kinds::IDEMPOTENCY_KEY_MISSING,
    language::Text,
    problem::{Field, Problem},
};

/// The header's name (draft-ietf-httpapi-idempotency-key-header-07, section 2.1).
pub const HEADER: &str = "idempotency-key";

const LONGEST: usize = 128;

/// What the client calls one command, however often it sends it: 1 to 128 printable ASCII characters, given bare
/// or as the quoted string that the draft asks for (RFC 9651, section 3.3.3).
///
/// # Errors
/// 400 `idempotency-key-missing`; 422 `invalid-field` for one that is empty, too long, given twice or not
/// printable ASCII.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The key without its quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let mut values = headers.get_all(HEADER).iter();
        let Some(value) = values.next() else {
            let detail = Text::new(
                "Choisissez une clé par commande et renvoyez la même en cas de nouvel essai.",
                "Choose one key for each command, and send the same one when you retry.",
            );
            return Err(Problem::from(&IDEMPOTENCY_KEY_MISSING).detail(detail));
        };
        let key = values.next().is_none().then(|| value.to_str().ok().and_then(unquoted)).flatten();
        key.filter(|key| (1..=LONGEST).contains(&key.len())).map(Self).ok_or_else(|| {
            let detail = Text::new(
                "attendu : une fois de 1 à 128 caractères ASCII imprimables",
                "expected once, 1 to 128 printable ASCII characters",
            );
            Problem::invalid(Field::Header("Idempotency-Key".into()), detail)
        })
    }
}

fn unquoted(value: &str) -> Option<String> {
    let value = value.trim_matches(' ');
    let Some(quoted) = value.strip_prefix('"') else {
        return value.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"').then(|| value.to_owned());
    };
    let mut key = String::new();
    let mut characters = quoted.strip_suffix('"')?.chars();
    while let Some(character) = characters.next() {
        key.push(match character {
            '\\' => characters.next().filter(|escaped| matches!(escaped, '"' | '\\'))?,
            ' '..='~' if character != '"' => character,
            _ => return None,
        });
    }
    Some(key)
}

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::of(&parts.headers)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;
    use proptest::prelude::*;

    use super::*;

    fn key(value: &str) -> Option<String> {
        let headers = HeaderMap::from_iter([(HeaderName::from_static(HEADER), value.parse().ok()?)]);
        IdempotencyKey::of(&headers).ok().map(|key| key.0)
    }

    #[test]
    fn quotes_are_not_part_of_the_key() {
        assert_eq!(key(r#""8e03978e-40d5""#).as_deref(), Some("8e03978e-40d5"));
        assert_eq!(key("8e03978e-40d5").as_deref(), Some("8e03978e-40d5"));
        assert_eq!(key(r#""a \"b\" \\""#).as_deref(), Some(r#"a "b" \"#));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let long = "k".repeat(129);
        for value in ["", "\"\"", "\"", "\"a", "a\"", "a b", "\"a\"b\"", r#""a\b""#, "é", &long, &format!("\"{long}\"")]
        {
            assert_eq!(key(value), None, "{value}");
        }
        assert!(key(&long[1..]).is_some());
    }

    #[test]
    fn two_keys_are_none() {
        let mut headers = HeaderMap::new();
        headers.append(HEADER, "a".parse().unwrap());
        headers.append(HEADER, "a".parse().unwrap());
        assert!(IdempotencyKey::of(&headers).is_err());
    }

    proptest! {
        #[test]
        fn quoting_a_key_changes_nothing(bare in "[!#-\\[\\]-~]{1,128}") {
            prop_assert_eq!(key(&bare), Some(bare.clone()));
            prop_assert_eq!(key(&format!("\"{bare}\"")), Some(bare));
        }

        #[test]
        fn nothing_sent_makes_it_panic(value in "\\PC*") {
            let _ = key(&value);
        }
    }
}
