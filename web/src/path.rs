//! Path parameters, refused with their name.

use axum::{
    extract::{FromRequestParts, Path as AxumPath, RawPathParams, path::ErrorKind, rejection::PathRejection},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use crate::{
    explain::{Fault, expectation, explain},
    kinds::MALFORMED_REQUEST,
    language::Text,
    problem::{Field, Problem},
};

/// The parameters of the path as a `T`: a value, a tuple or a struct.
///
/// # Errors
/// 422 `invalid-field` for a parameter that is not what the route asks for; 400 `malformed-request` for invalid
/// UTF-8.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match AxumPath::from_request_parts(parts, state).await {
            Ok(AxumPath(value)) => Ok(Self(value)),
            Err(rejection) => Err(refusal(rejection, &names(parts, state).await)),
        }
    }
}

async fn names<S: Send + Sync>(parts: &mut Parts, state: &S) -> Vec<String> {
    let params = RawPathParams::from_request_parts(parts, state).await;
    params.map(|params| params.iter().map(|(name, _)| name.to_owned()).collect()).unwrap_or_default()
}

fn refusal(rejection: PathRejection, names: &[String]) -> Problem {
    let PathRejection::FailedToDeserializePathParams(error) = rejection else {
        return Problem::internal(rejection.body_text());
    };
    let name = |index: usize| names.get(index).cloned().unwrap_or_default();
    match error.into_kind() {
        ErrorKind::ParseErrorAtKey { key, expected_type, .. } => at(key, expectation(expected_type)),
        ErrorKind::ParseErrorAtIndex { index, expected_type, .. } => at(name(index), expectation(expected_type)),
        ErrorKind::ParseError { expected_type, .. } => at(name(0), expectation(expected_type)),
        ErrorKind::DeserializeError { key, message, .. } => at(key, unexpected(&message)),
        ErrorKind::Message(message) => at(name(0), unexpected(&message)),
        ErrorKind::InvalidUtf8InPathParam { .. } => Problem::from(&MALFORMED_REQUEST)
            .detail(Text::new("UTF-8 invalide dans le chemin.", "Invalid UTF-8 in the path.")),
        fault => Problem::internal(fault.to_string()),
    }
}

fn unexpected(message: &str) -> Text {
    match explain(message) {
        Fault::Unexpected(expected) => expected,
        _ => Text::new("valeur invalide", "invalid value"),
    }
}

fn at(name: String, detail: Text) -> Problem {
    Problem::invalid(Field::Path(name.into()), detail)
}
