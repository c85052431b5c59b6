//! Answers that carry the position they show and the tag of their content.

use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, LINK, VARY};
use axum::http::{HeaderValue, Uri};
use axum::response::{IntoResponse, Response};
use events::Position;
use serde::Serialize;
use web::Problem;
use web::page::{Cursor, Page};
use web::position::JOURNAL_POSITION;
use web::precondition::{Preconditions, tag_of_bytes};

/// JSON under a tag of its bytes, or 304.
///
/// The tag is of the content and not of the position: a key that is destroyed changes what is shown, and no position.
///
/// # Errors
/// 500 for what has no JSON.
pub(crate) fn json(preconditions: &Preconditions, shown: Position, body: &impl Serialize) -> Result<Response, Problem> {
    let bytes = Bytes::from(serde_json::to_vec(body).map_err(Problem::internal)?);
    let tag = tag_of_bytes(&bytes)?;
    let answer = ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], bytes);
    Ok(at(shown, preconditions.answer(tag, answer)))
}

/// A page of a list, as [`json`], with `Link` to the next.
///
/// # Errors
/// 500 for what has no JSON.
pub(crate) fn page<T: Serialize>(
    preconditions: &Preconditions,
    shown: Position,
    items: Vec<T>,
    next: Option<&Cursor>,
    uri: &Uri,
) -> Result<Response, Problem> {
    let page = Page::new(items, next, uri);
    let mut response = json(preconditions, shown, &page)?;
    if let Some(link) = page.link() {
        response.headers_mut().insert(LINK, link);
    }
    Ok(response)
}

/// Adds the position that an answer shows.
pub(crate) fn at(shown: Position, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    let headers = response.headers_mut();
    headers.insert(JOURNAL_POSITION, HeaderValue::from(shown.get()));
    headers.append(VARY, HeaderValue::from_static("accept, authorization, cookie"));
    response
}

/// The first `limit` items of `limit + 1` that were asked for, and the key of the last where more follow.
pub(crate) fn first<T, K>(mut items: Vec<T>, limit: u16, key: impl FnOnce(&T) -> K) -> (Vec<T>, Option<K>) {
    let more = items.len() > usize::from(limit);
    items.truncate(limit.into());
    let last = items.last().filter(|_| more).map(key);
    (items, last)
}

/// The limit of a page as queries take it.
pub(crate) fn rows(limit: web::page::Limit) -> u16 {
    u16::try_from(limit.get()).unwrap_or(u16::MAX - 1)
}
