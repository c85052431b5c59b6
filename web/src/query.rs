//! Query parameters, refused with their name.

use axum::{
    extract::FromRequestParts,
    http::{Uri, request::Parts},
};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;
use serde_path_to_error::{Segment, Track};

use crate::{
    at_least::AT_LEAST,
    explain::{self, Fault, NUL, REQUIRED, TWICE, UNKNOWN, explain},
    kinds::MALFORMED_REQUEST,
    language::Text,
    problem::{Field, Problem},
};

/// The query as a `T`, a struct of scalars. [`AtLeast`](crate::at_least::AtLeast) reads `at_least` beside it.
///
/// # Errors
/// 400 `malformed-request` for invalid UTF-8; 422 `invalid-field` for a parameter that is unknown, missing,
/// given twice, of another type, or holds a NUL character.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parse(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

/// The decoded values of one parameter.
pub(crate) fn values(uri: &Uri, name: &str) -> Vec<String> {
    form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .filter(|(each, _)| each == name)
        .map(|(_, value)| value.into_owned())
        .collect()
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    if percent_decode_str(query).decode_utf8().is_err() {
        let detail = Text::new("UTF-8 invalide dans les paramètres.", "Invalid UTF-8 in the query.");
        return Err(Problem::from(&MALFORMED_REQUEST).detail(detail));
    }
    if let Some((name, _)) =
        form_urlencoded::parse(query.as_bytes()).find(|(name, value)| name.contains('\0') || value.contains('\0'))
    {
        return Err(at(name.into_owned(), NUL));
    }
    let others: Vec<&str> = query.split('&').filter(|pair| !names(pair, AT_LEAST)).collect();
    typed(&others.join("&"))
}

fn names(pair: &str, name: &str) -> bool {
    form_urlencoded::parse(pair.as_bytes()).any(|(each, _)| each == name)
}

fn typed<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let form = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    let mut track = Track::new();
    let mut ignored = Vec::new();
    let tracked = serde_path_to_error::Deserializer::new(form, &mut track);
    let outcome = serde_ignored::deserialize(tracked, |path| ignored.push(path.to_string()));
    match outcome {
        Err(error) => Err(match explain(&error.to_string()) {
            Fault::Missing(field) => at(field, REQUIRED),
            Fault::Twice(field) => at(field, TWICE),
            Fault::Unknown => at(name(track), UNKNOWN),
            Fault::Unexpected(expected) => at(name(track), expected),
        }),
        Ok(value) if ignored.is_empty() => Ok(value),
        Ok(_) => Err(explain::unknown(ignored.into_iter().map(|name| Field::Query(name.into())))),
    }
}

fn name(track: Track) -> String {
    let path = track.path();
    path.iter()
        .find_map(|segment| if let Segment::Map { key } = segment { Some(key.clone()) } else { None })
        .unwrap_or_default()
}

fn at(name: String, detail: Text) -> Problem {
    Problem::invalid(Field::Query(name.into()), detail)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;
    use crate::language::Language::English;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its parsing matters")]
    struct Filter {
        year: u16,
        text: Option<String>,
    }

    fn refusal(query: &str) -> (u64, String) {
        let body = serde_json::to_value(parse::<Filter>(query).unwrap_err().body(English, None)).unwrap();
        let error = &body["errors"][0];
        (body["status"].as_u64().unwrap(), format!("{} {}", error["query"], error["detail"]).replace('"', ""))
    }

    #[test]
    fn each_fault_is_named_by_its_parameter() {
        for (query, said) in [
            ("", "year required"),
            ("year=soon", "year invalid value"),
            ("year=-1", "year invalid value"),
            ("year=1&year=2", "year given twice"),
            ("year=1&colour=red", "colour unknown field"),
            ("year=1&text=a%00b", "text contains the NUL character"),
        ] {
            assert_eq!(refusal(query), (422, said.to_owned()), "{query}");
        }
        assert_eq!(refusal("year=1&text=%ff").0, 400);
    }

    #[test]
    fn at_least_is_read_elsewhere() {
        assert!(parse::<Filter>("at_least=7&year=1&at%5fleast=7").is_ok());
    }

    proptest! {
        #[test]
        fn no_query_makes_it_panic(query in "\\PC*") {
            let _ = parse::<Filter>(&query);
        }
    }
}
