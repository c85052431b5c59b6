//! French or English: what the client prefers, and text in both.

use std::{borrow::Cow, convert::Infallible, fmt};

use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, header::ACCEPT_LANGUAGE, request::Parts};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accept::preferences;
use crate::counted;

/// The languages that answers are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// The City's language, and the default.
    #[default]
    French,
    /// For clients that prefer it.
    English,
}

impl Language {
    /// The language that `Accept-Language` prefers (RFC 9110, section 12.5.4), French where it has no say.
    pub fn preferred(headers: &HeaderMap) -> Self {
        let weigh = |tag: &str| {
            preferences(headers, &ACCEPT_LANGUAGE)
                .iter()
                .filter(|range| range.value.split('-').next().is_some_and(|primary| primary.eq_ignore_ascii_case(tag)))
                .map(|range| range.weight)
                .max()
                .unwrap_or(0)
        };
        if weigh("en") > weigh("fr") { Self::English } else { Self::French }
    }

    /// The BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::French => "fr",
            Self::English => "en",
        }
    }
}

/// What the client prefers; never refused.
impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::preferred(&parts.headers))
    }
}

/// The same sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Text {
    #[schema(value_type = String)]
    fr: Cow<'static, str>,
    #[schema(value_type = String)]
    en: Cow<'static, str>,
}

/// French first, as a report shows it to whoever reads either.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} — {}", self.fr, self.en)
    }
}

impl Text {
    /// Pairs two fixed sentences.
    pub const fn new(fr: &'static str, en: &'static str) -> Self {
        Self { fr: Cow::Borrowed(fr), en: Cow::Borrowed(en) }
    }

    /// Pairs two sentences made at run time. Neither may quote what the client sent: it may be a password.
    pub fn made(fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self { fr: Cow::Owned(fr.into()), en: Cow::Owned(en.into()) }
    }

    /// A number of things: each language chooses between one and many of its own accord.
    pub fn counted<N>(count: N, fr: [&str; 2], en: [&str; 2]) -> Self
    where
        N: Copy + fmt::Display + PartialOrd + From<u8>,
    {
        let ([one, many], [single, several]) = (fr, en);
        Self::made(counted::fr(count, one, many), counted::en(count, single, several))
    }

    /// Both, with a comma between.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::made(format!("{}, {}", self.fr, other.fr), format!("{}, {}", self.en, other.en))
    }

    /// The sentence, said of a column of a table.
    #[must_use]
    pub fn of(self, column: impl fmt::Display) -> Self {
        Self::made(format!("{column} : {}", self.fr), format!("{column}: {}", self.en))
    }

    /// The sentence in one of them.
    pub fn said_in(&self, language: Language) -> &str {
        match language {
            Language::French => &self.fr,
            Language::English => &self.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preferred(header: &str) -> Language {
        Language::preferred(&HeaderMap::from_iter([(ACCEPT_LANGUAGE, header.parse().unwrap())]))
    }

    #[test]
    fn the_heavier_language_wins() {
        assert_eq!(preferred("en-GB, fr;q=0.8"), Language::English);
        assert_eq!(preferred("fr;q=0.9, en;q=0.1"), Language::French);
    }

    #[test]
    fn french_where_the_client_has_no_preference_between_them() {
        for header in ["de", "*", "en;q=0.5, fr;q=0.5", "", ";;;,"] {
            assert_eq!(preferred(header), Language::French, "{header}");
        }
    }
}
