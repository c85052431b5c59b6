//! The secret that a session is known by.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop};

const BYTES: usize = 32;

/// An opaque token of 256 bits, written as 43 characters of base64url (RFC 4648, section 5).
///
/// It is never stored: [`SessionToken::hash`] is. It never shows in `Debug` and is wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SessionToken([u8; BYTES]);

impl SessionToken {
    /// Draws a token from the system's generator.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub fn new() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// Reads what [`SessionToken::reveal`] wrote, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The token in clear, for its owner alone.
    pub fn reveal(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }

    /// What is stored and looked up in its place.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0).into())
    }

    pub(crate) fn secret(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// SHA-256 of a token. 256 bits of randomness need no salt and no slow hash.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_revealed_reads_back() {
        let token = SessionToken::new().unwrap();
        assert_eq!(SessionToken::parse(&token.reveal()).unwrap().hash(), token.hash());
        assert_eq!(token.reveal().len(), 43);
    }

    #[test]
    fn two_tokens_differ() {
        assert_ne!(SessionToken::new().unwrap().hash(), SessionToken::new().unwrap().hash());
    }

    #[test]
    fn debug_shows_nothing() {
        let token = SessionToken::new().unwrap();
        assert_eq!(format!("{token:?} {:?}", token.hash()), "SessionToken(…) TokenHash(…)");
    }

    proptest! {
        #[test]
        fn one_token_has_one_spelling(text in "[A-Za-z0-9_-]{43}|\\PC{0,60}") {
            if let Some(token) = SessionToken::parse(&text) {
                prop_assert_eq!(token.reveal(), text);
            }
        }
    }
}
