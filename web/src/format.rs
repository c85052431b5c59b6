//! The forms in which a list can be read: pages of JSON, or the whole as NDJSON or CSV.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header::ACCEPT, request::Parts},
};

use crate::{accept::preferences, kinds::NOT_ACCEPTABLE, language::Text, problem::Problem};

/// What `Accept` asks for (RFC 9110, section 12.5.1).
///
/// # Errors
/// 406 `not-acceptable` where it asks for none of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `application/json`, where the client has no preference.
    Json,
    /// `application/x-ndjson`.
    NdJson,
    /// `text/csv`.
    Csv,
}

impl Format {
    const ALL: [Self; 3] = [Self::Json, Self::NdJson, Self::Csv];

    const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::NdJson => "application/x-ndjson",
            Self::Csv => "text/csv",
        }
    }

    fn preferred(headers: &HeaderMap) -> Option<Self> {
        if !headers.contains_key(ACCEPT) {
            return Some(Self::Json);
        }
        let weighed = Self::ALL.into_iter().rev().map(|format| (format, weight(headers, format.media_type())));
        weighed.filter(|(_, weight)| *weight > 0).max_by_key(|(_, weight)| *weight).map(|(format, _)| format)
    }
}

/// What the client gives a media type: by its own name, else by `type/*`, else by `*/*`.
pub(crate) fn weight(headers: &HeaderMap, media_type: &str) -> u16 {
    let preferences = preferences(headers, &ACCEPT);
    let family = media_type.split('/').next().unwrap_or_default();
    let by =
        |range: &str| preferences.iter().find(|each| each.value.eq_ignore_ascii_case(range)).map(|each| each.weight);
    by(media_type).or_else(|| by(&format!("{family}/*"))).or_else(|| by("*/*")).unwrap_or(0)
}

impl<S: Sync> FromRequestParts<S> for Format {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::preferred(&parts.headers).ok_or_else(|| {
            let detail = Text::new(
                "Formats disponibles : application/json, application/x-ndjson, text/csv.",
                "Available: application/json, application/x-ndjson, text/csv.",
            );
            Problem::from(&NOT_ACCEPTABLE).detail(detail)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preferred(accept: &str) -> Option<Format> {
        Format::preferred(&HeaderMap::from_iter([(ACCEPT, accept.parse().unwrap())]))
    }

    #[test]
    fn the_heaviest_wins_and_json_wins_a_tie() {
        assert_eq!(preferred("text/csv"), Some(Format::Csv));
        assert_eq!(preferred("application/json;q=0.1, application/x-ndjson"), Some(Format::NdJson));
        assert_eq!(preferred("text/html, */*;q=0.8"), Some(Format::Json));
        assert_eq!(preferred("application/*;q=0.2, text/*;q=0.3"), Some(Format::Csv));
        assert_eq!(Format::preferred(&HeaderMap::new()), Some(Format::Json));
    }

    #[test]
    fn what_we_do_not_have_is_refused() {
        assert_eq!(preferred("text/html"), None);
        assert_eq!(preferred("application/json;q=0"), None);
        assert_eq!(preferred(""), None);
    }
}
