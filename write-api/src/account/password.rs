//! What somebody typed as a secret, and what a personal password must be.

use events::username::LoginName;
use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;
use web::{Field, Problem, Text};

/// The most code points of a secret: above any passphrase, and far below what would burn the processor.
pub(crate) const MAX_CODE_POINTS: usize = 128;
/// The most bytes of a secret, in UTF-8.
pub(crate) const MAX_BYTES: usize = 512;

const TOO_LONG: Text =
    Text::new("au plus 128 caractères et 512 octets", "expected at most 128 characters and 512 bytes");

/// A secret as it was typed, in NFC (NIST SP 800-63B §3.1.1.2): the same whatever the keyboard makes of an accent.
#[derive(Clone, Debug)]
pub(crate) struct Typed(SecretString);

impl Typed {
    /// # Errors
    /// 422 at `pointer` for more than [`MAX_CODE_POINTS`] or [`MAX_BYTES`]: nothing is hashed then, nothing cut.
    pub(crate) fn parse(text: &SecretString, pointer: &'static str) -> Result<Self, Problem> {
        // The body that it came in is bounded, so the normal form is too.
        let typed = text.expose_secret().nfc().collect::<String>();
        if typed.len() > MAX_BYTES || typed.chars().count() > MAX_CODE_POINTS {
            return Err(Problem::invalid(Field::Pointer(pointer.into()), TOO_LONG));
        }
        Ok(Self(typed.into()))
    }

    pub(crate) const fn new(secret: SecretString) -> Self {
        Self(secret)
    }

    pub(crate) fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether it spells this name, as names are compared.
    pub(crate) fn spells(&self, name: &LoginName) -> bool {
        LoginName::typed(self.reveal()) == *name
    }

    /// Checks a new personal password.
    ///
    /// # Errors
    /// 422 with every broken rule at once, each at `pointer`.
    pub(crate) fn check_as_new(
        &self,
        pointer: &'static str,
        min_code_points: usize,
        also_broken: impl IntoIterator<Item = Rule>,
    ) -> Result<(), Problem> {
        let broken: Vec<Rule> = self.broken(min_code_points).chain(also_broken).collect();
        if broken.is_empty() {
            return Ok(());
        }
        let problem = Problem::from(&web::kinds::INVALID_FIELD);
        Err(broken
            .into_iter()
            .fold(problem, |problem, rule| problem.error(Field::Pointer(pointer.into()), rule.text(min_code_points))))
    }

    fn broken(&self, min_code_points: usize) -> impl Iterator<Item = Rule> {
        let text = self.reveal();
        let has = |is: fn(char) -> bool| text.chars().any(is);
        [
            (text.chars().count() < min_code_points, Rule::Short),
            (!has(char::is_uppercase), Rule::UpperCase),
            (!has(char::is_numeric), Rule::Digit),
            (!has(|c| !c.is_alphanumeric()), Rule::Special),
        ]
        .into_iter()
        .filter_map(|(broken, rule)| broken.then_some(rule))
    }
}

/// What a personal password must be. Composition is the City's demand; strength rests on length (CNIL 2022-100).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    Short,
    UpperCase,
    Digit,
    Special,
    NotUsername,
    NotFirstSecret,
    NotSame,
}

impl Rule {
    fn text(self, min_code_points: usize) -> Text {
        match self {
            Self::Short => Text::made(
                format!("au moins {min_code_points} caractères"),
                format!("expected at least {min_code_points} characters"),
            ),
            Self::UpperCase => Text::new("au moins une majuscule", "expected at least one upper-case letter"),
            Self::Digit => Text::new("au moins un chiffre", "expected at least one digit"),
            Self::Special => Text::new(
                "au moins un caractère spécial (ni lettre ni chiffre, l’espace compte)",
                "expected at least one special character (neither letter nor digit; a space counts)",
            ),
            Self::NotUsername => Text::new("autre que l’identifiant", "expected another than the username"),
            Self::NotFirstSecret => Text::new("autre que le code initial", "expected another than the initial code"),
            Self::NotSame => Text::new("autre que le mot de passe actuel", "expected another than the current one"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(text: &str) -> Vec<Rule> {
        Typed::parse(&text.into(), "/password").unwrap().broken(15).collect()
    }

    #[test]
    fn every_broken_rule_is_named_at_once() {
        assert_eq!(broken("Correct horse 4 battery"), []);
        assert_eq!(broken(""), [Rule::Short, Rule::UpperCase, Rule::Digit, Rule::Special]);
        assert_eq!(broken("abcdefghijklmnop"), [Rule::UpperCase, Rule::Digit, Rule::Special]);
        assert_eq!(broken("Élève n°7"), [Rule::Short]);
    }

    #[test]
    fn one_accent_is_one_whatever_keyboard_typed_it() {
        let composed = Typed::parse(&"caf\u{e9}".into(), "/password").unwrap();
        let decomposed = Typed::parse(&"cafe\u{301}".into(), "/password").unwrap();
        assert_eq!(composed.reveal(), decomposed.reveal());
    }

    #[test]
    fn the_longest_password_is_128_code_points_or_512_bytes() {
        let parses = |text: String| Typed::parse(&text.into(), "/password").is_ok();
        assert!(parses("a".repeat(128)) && !parses("a".repeat(129)));
        assert!(parses("\u{1f409}".repeat(128)) && !parses("\u{1f409}".repeat(129)));
    }

    #[test]
    fn a_typed_secret_does_not_show() {
        assert!(!format!("{:?}", Typed::parse(&"hunter2".into(), "/password").unwrap()).contains("hunter2"));
    }
}
