//! The code that an agent's first login is made with, handed over in person.

use super::password::Typed;
use data_encoding::BASE32_NOPAD;
use events::AccountId;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use utoipa::ToSchema;
use web::Text;
use zeroize::{Zeroize, Zeroizing};

/// 80 random bits as four groups of four of `a-z2-7`: nothing in it looks like another sign, and no upper-case letter,
/// so that it never passes for a personal password.
#[derive(Clone, Debug)]
pub struct InitialCode(SecretString);

impl InitialCode {
    /// Draws a code.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub(crate) fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = Zeroizing::new([0_u8; 10]);
        getrandom::fill(&mut *bytes)?;
        let mut letters = BASE32_NOPAD.encode(&*bytes).to_ascii_lowercase();
        let mut code = String::with_capacity(19);
        for (place, letter) in letters.chars().enumerate() {
            if place > 0 && place % 4 == 0 {
                code.push('-');
            }
            code.push(letter);
        }
        letters.zeroize();
        Ok(Self(code.into()))
    }

    /// The code in clear, for its agent alone.
    #[must_use]
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is hashed.
    pub(crate) fn to_compare(&self) -> Typed {
        canonical(self.reveal())
    }

    /// What is compared: case, blanks and hyphens of what was typed from paper do not count.
    pub(crate) fn typed(typed: &Typed) -> Typed {
        canonical(typed.reveal())
    }
}

/// Why an answer holds no code: the request had come before, its first answer held it, and what is kept is a hash.
#[derive(Serialize, ToSchema)]
pub(crate) struct ShownBefore {
    /// What to do, in both languages.
    detail: Text,
    /// Where to `POST`, under another key, for a code that replaces the one shown before (`issueInitialCode`).
    #[schema(example = "/v1/accounts/0192f0c8-1111-7000-8000-000000000001/initial-code")]
    reissue: String,
}

impl ShownBefore {
    pub(crate) fn of(account: AccountId) -> Self {
        let detail = Text::new(
            "Le code n’est montré que dans la première réponse. S’il est perdu, faites-en établir un autre : il le remplace.",
            "The code is shown in the first answer alone. If it is lost, have another issued: it takes its place.",
        );
        Self { detail, reissue: format!("/v1/accounts/{account}/initial-code") }
    }
}

fn canonical(text: &str) -> Typed {
    let letters: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    Typed::new(letters.to_lowercase().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_four_groups_of_four_and_never_a_personal_password() {
        let code = InitialCode::generate().unwrap();
        assert_eq!(code.reveal().split('-').map(str::len).collect::<Vec<_>>(), [4, 4, 4, 4]);
        let typed = Typed::parse(&code.reveal().into(), "/password").unwrap();
        assert!(typed.check_as_new("/password", 15, []).is_err());
    }

    #[test]
    fn a_code_typed_from_paper_is_the_same() {
        let code = InitialCode::generate().unwrap();
        let typed = Typed::parse(&code.reveal().replace('-', " ").to_uppercase().into(), "/initial_code").unwrap();
        assert_eq!(InitialCode::typed(&typed).reveal(), code.to_compare().reveal());
    }
}
