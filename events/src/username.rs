//! The name an agent logs in with: made once by the administration, never reused, never changed by its owner.

use crate::{AccountId, DomainEvent, EventName};
use any_ascii::any_ascii_char;
use serde::{Deserialize, Serialize};
use std::{fmt, iter};
use unicode_normalization::UnicodeNormalization;

/// What has happened to a username. Its stream stands under a keyed pseudonym of the name, so that the version of
/// the stream decides who was first, and nothing tells the name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum UsernameEvent {
    /// The name belongs to this account, for good.
    UsernameAssigned {
        /// The account.
        account: AccountId,
    },
}

impl DomainEvent for UsernameEvent {
    const STREAM: &'static str = "username";

    const KINDS: &'static [(EventName, i16)] = &[("UsernameAssigned", 1)];

    fn name(&self) -> EventName {
        match self {
            Self::UsernameAssigned { .. } => "UsernameAssigned",
        }
    }
}

/// The most bytes that a name may have, typed or assigned.
pub const MAX_BYTES: usize = 256;

/// A name as it is looked up: what was typed, trimmed, in NFKC and case-folded (RFC 8265 §3.3, UsernameCaseMapped,
/// with compatibility forms folded too). The same function serves login, counters and creation alike, so that every
/// spelling that opens an account shares one counter.
///
/// It may hold a password that was typed into the wrong field: it has no `Display`, and `Debug` tells nothing.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct LoginName(String);

impl LoginName {
    /// The name that was typed at our own door.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        let folded: String = text.nfkc().flat_map(char::to_lowercase).collect();
        // A second pass: folding can undo the normal form (U+0130 becomes i and a combining dot). Blanks last: the
        // compatibility form of a sign may begin with one (U+00B8 is a blank and a cedilla).
        let folded: String = folded.nfkc().collect();
        Self(folded.trim().to_owned())
    }

    /// The name as another system's log has it, to the byte: that system told `Root` from `root`.
    #[must_use]
    pub fn verbatim(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text to be hashed or compared; never to be printed.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LoginName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LoginName(…)")
    }
}

/// A name that an account has, or is to have.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Username(String);

/// Why a text cannot be a username.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUsername {
    /// Nothing is left of the names once they are written in ASCII letters.
    #[error("holds no letter that can be written in ASCII")]
    NoLetters,
    /// A character that a username does not have.
    #[error("holds a character other than a-z, 0-9, dot, hyphen and underscore")]
    Character,
    /// Empty or too long.
    #[error("has no character, or more than 64")]
    Length,
    /// Dots or hyphens where none may be.
    #[error("begins or ends with a sign, or has two in a row")]
    Signs,
}

impl Username {
    /// `first.last` of a person's names: accents folded (`ü` is `u`), ligatures written out, hyphens kept, apostrophes
    /// dropped, spaces of compound names and particles joined by hyphens (`Jean-Marc de La Tour` is `jean-marc.de-la-tour`).
    ///
    /// Other letters and scripts are transcribed by the tables of `any_ascii`, letter by letter: `Ольга` is `olga`, Arabic
    /// and Hebrew lose the vowels that they do not write, and Han characters are read as in Mandarin, a Japanese name too.
    /// Who is called otherwise is given the username by the administration ([`Username::parse`]).
    ///
    /// # Errors
    /// [`InvalidUsername::NoLetters`] when a name has no letter left, [`InvalidUsername::Length`] past 64 characters.
    pub fn of_person(given_name: &str, family_name: &str) -> Result<Self, InvalidUsername> {
        let (first, last) = (ascii_part(given_name), ascii_part(family_name));
        if first.is_empty() || last.is_empty() {
            return Err(InvalidUsername::NoLetters);
        }
        Self::parse(&format!("{first}.{last}"))
    }

    /// The `n`th homonym of this name: the first is the name itself, the second has a 2 at its end.
    #[must_use]
    pub fn homonym(&self, n: u32) -> Self {
        if n <= 1 { self.clone() } else { Self(format!("{}{n}", self.0)) }
    }

    /// A username that the administration gives: 1 to 64 of `a-z 0-9 . - _`, no sign at the ends or twice in a row.
    ///
    /// # Errors
    /// [`InvalidUsername`] says what is wrong, and never quotes the text.
    pub fn parse(text: &str) -> Result<Self, InvalidUsername> {
        let sign = |c: char| matches!(c, '.' | '-' | '_');
        if text.is_empty() || text.chars().count() > 64 {
            return Err(InvalidUsername::Length);
        }
        if !text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || sign(c)) {
            return Err(InvalidUsername::Character);
        }
        if text.starts_with(sign)
            || text.ends_with(sign)
            || text.chars().zip(text.chars().skip(1)).any(|(a, b)| sign(a) && sign(b))
        {
            return Err(InvalidUsername::Signs);
        }
        Ok(Self(text.to_owned()))
    }

    /// The username.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name under which it is looked up.
    #[must_use]
    pub fn login_name(&self) -> LoginName {
        LoginName::verbatim(&self.0)
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The letters and digits of one name in ASCII, words joined by single hyphens.
fn ascii_part(name: &str) -> String {
    let mut part = String::new();
    for c in name.nfkc() {
        match c {
            '-' | '_' | '.' | '\u{2010}'..='\u{2015}' => hyphen(&mut part),
            c if c.is_whitespace() => hyphen(&mut part),
            c => part.push_str(&ascii_letters(c)),
        }
    }
    part.truncate(part.trim_end_matches('-').len());
    part
}

/// What a letter or digit is without its accents or, where that is not ASCII, how it is transcribed: composed, for й is not и.
fn ascii_letters(c: char) -> String {
    let mut letters: String = iter::once(c).nfkd().filter(char::is_ascii_alphanumeric).collect();
    if letters.is_empty() && c.is_alphanumeric() {
        letters.extend(any_ascii_char(c).chars().filter(char::is_ascii_alphanumeric));
    }
    letters.make_ascii_lowercase();
    letters
}

fn hyphen(part: &mut String) {
    if !part.is_empty() && !part.ends_with('-') {
        part.push('-');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn username(given: &str, family: &str) -> String {
        Username::of_person(given, family).map(|name| name.0).unwrap_or_else(|error| format!("{error:?}"))
    }

    #[test]
    fn names_of_people() {
        assert_eq!(username("Élodie", "Müller"), "elodie.muller");
        assert_eq!(username("Jean-Marc", "de La Tour"), "jean-marc.de-la-tour");
        assert_eq!(username("Anne Sophie", "d'Aubigné"), "anne-sophie.daubigne");
        assert_eq!(username("Anne", "L’Hénoret"), "anne.lhenoret");
        assert_eq!(username("Cœur", "Æsir"), "coeur.aesir");
        assert_eq!(username("Łukasz", "Groß"), "lukasz.gross");
        assert_eq!(username("  Zoé ", "Le  Goff-"), "zoe.le-goff");
        assert_eq!(username("İpek", "Yılmaz"), "ipek.yilmaz");
        assert_eq!(username("😀", "Dupont"), "NoLetters");
        assert_eq!(username("", "Dupont"), "NoLetters");
        assert_eq!(username("'", "-"), "NoLetters");
        assert_eq!(username(&"a".repeat(60), "dupont"), "Length");
    }

    #[test]
    fn names_in_other_letters_than_the_french() {
        assert_eq!(username("Ħanna", "Saŋgaré"), "hanna.sanggare");
        assert_eq!(username("Əli", "Iſaac"), "eli.isaac");
        assert_eq!(username("Андрей", "Соловьёв"), "andrey.solovev");
        assert_eq!(username("Андреи\u{306}", "Щукин"), "andrey.shchukin");
        assert_eq!(username("Ελένη", "Παππά"), "eleni.pappa");
        assert_eq!(username("محمد", "علي"), "mhmd.ly");
        assert_eq!(username("芳", "王"), "fang.wang");
        assert_eq!(username("ながい", "김"), "nagai.gim");
        assert_eq!(username("Gulnora", "Oʻzbekova"), "gulnora.ozbekova");
    }

    #[test]
    fn homonyms_get_a_digit() {
        let name = Username::of_person("Jean", "Dupont").unwrap();
        assert_eq!(name.homonym(1).as_str(), "jean.dupont");
        assert_eq!(name.homonym(2).as_str(), "jean.dupont2");
    }

    #[test]
    fn spellings_of_one_name_share_one_key() {
        for spelling in ["Jean.Dupont", " jean.dupont\u{a0}", "ＪＥＡＮ．ＤＵＰＯＮＴ", "JEAN.DUPONT\t"] {
            assert_eq!(LoginName::typed(spelling), LoginName::typed("jean.dupont"), "{spelling:?}");
        }
        assert_ne!(LoginName::typed("jean.dupont."), LoginName::typed("jean.dupont"));
    }

    #[test]
    fn a_sign_that_unfolds_into_a_blank_is_trimmed_too() {
        assert_eq!(LoginName::typed("\u{b8}jean"), LoginName::typed("\u{327}jean"));
    }

    #[test]
    fn a_login_name_prints_nothing() {
        assert!(!format!("{:?}", LoginName::typed("hunter2")).contains("hunter2"));
    }

    proptest! {
        #[test]
        fn a_text_is_its_own_username_or_none(text in "[a-zA-Z0-9._-]{0,70}|\\PC{0,70}") {
            match Username::parse(&text) {
                Ok(name) => {
                    prop_assert_eq!(name.as_str(), &text);
                    prop_assert_eq!(LoginName::typed(&text), name.login_name());
                }
                Err(refusal) => prop_assert!(!refusal.to_string().contains(&text) || text.len() < 3),
            }
        }

        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            let once = LoginName::typed(&text);
            prop_assert_eq!(LoginName::typed(once.reveal()), once);
        }

        #[test]
        fn a_made_username_is_one_and_opens_its_account(given in any::<String>(), family in any::<String>()) {
            if let Ok(name) = Username::of_person(&given, &family) {
                let parsed = Username::parse(name.as_str());
                prop_assert_eq!(parsed.as_ref(), Ok(&name));
                prop_assert_eq!(LoginName::typed(name.as_str()), name.login_name());
            }
        }
    }
}
