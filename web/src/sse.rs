//! Server-Sent Events (WHATWG HTML, section 9.2) whose ids are journal positions.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, header::HeaderName, request::Parts},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{Stream, StreamExt, stream};
use serde::Serialize;

use crate::{
    language::{Language, Text},
    position::Position,
    problem::{Field, Problem},
};

const KEEP_ALIVE: Duration = Duration::from_secs(15);
const RECONNECT_AFTER: Duration = Duration::from_secs(2);

/// Tells nginx and its like not to hold events back.
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Where a client that lost its connection goes on: after that position. None on a first connection.
///
/// # Errors
/// 422 `invalid-field` for what is no position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastEventId(pub Option<Position>);

impl<S: Sync> FromRequestParts<S> for LastEventId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get("last-event-id") else { return Ok(Self(None)) };
        let position = value.to_str().ok().and_then(Position::parse);
        position.map(|position| Self(Some(position))).ok_or_else(|| {
            let detail = Text::new(
                "attendu : l’identifiant d’un événement de ce flux",
                "expected the id of an event of this stream",
            );
            Problem::invalid(Field::Header("Last-Event-ID".into()), detail)
        })
    }
}

/// One event: its place, its name, its data.
#[derive(Clone, Debug)]
pub struct Sent<T> {
    /// The event's id, which the client repeats as `Last-Event-ID`.
    pub position: Position,
    /// The event's name.
    pub name: &'static str,
    /// The event's data, as JSON.
    pub data: T,
}

/// Streams events, and comments where none came for 15 s so that proxies keep the connection.
///
/// A problem on the way is sent as an event `problem`, in `language`, and ends the stream; the client comes back after two
/// seconds with its last id. The stream must end by itself when the server stops.
pub fn events<T, S>(language: Language, events: S) -> Response
where
    T: Serialize + Send + 'static,
    S: Stream<Item = Result<Sent<T>, Problem>> + Send + 'static,
{
    let hint = stream::iter([Ok::<_, Infallible>(Event::default().retry(RECONNECT_AFTER))]);
    let mut failed = false;
    let written = events.map(|sent| sent.and_then(|sent| written(&sent))).take_while(move |event| {
        let ended = failed;
        failed |= event.is_err();
        std::future::ready(!ended)
    });
    let events = hint.chain(written.map(move |event| Ok(event.unwrap_or_else(|problem| refused(&problem, language)))));
    let answer = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    ([(ACCEL_BUFFERING, HeaderValue::from_static("no"))], answer).into_response()
}

fn written<T: Serialize>(sent: &Sent<T>) -> Result<Event, Problem> {
    let event = Event::default().id(sent.position.to_string()).event(sent.name);
    event.json_data(&sent.data).map_err(Problem::internal)
}

fn refused(problem: &Problem, language: Language) -> Event {
    tracing::warn!(problem.kind = problem.kind().slug, problem.cause = problem.causes(), "event stream ended");
    Event::default().event("problem").data(problem.body(language, None).json())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;
    use proptest::prelude::*;

    use super::*;

    fn read(value: HeaderValue) -> Result<Option<Position>, Problem> {
        let mut request = axum::http::Request::new(());
        request.headers_mut().insert(HeaderName::from_static("last-event-id"), value);
        let (mut parts, ()) = request.into_parts();
        // Nothing is awaited: the first poll is the last.
        futures::FutureExt::now_or_never(LastEventId::from_request_parts(&mut parts, &()))
            .expect("an answer at once")
            .map(|LastEventId(position)| position)
    }

    proptest! {
        #[test]
        fn the_id_of_an_event_reads_back(position in 0..=i64::MAX as u64) {
            prop_assert_eq!(read(position.to_string().parse().unwrap()).unwrap(), Position::new(position));
        }

        #[test]
        fn anything_else_is_refused(sent in prop::collection::vec(any::<u8>(), 0..30)) {
            prop_assume!(!sent.iter().all(u8::is_ascii_digit) || sent.is_empty());
            if let Ok(value) = HeaderValue::from_bytes(&sent) {
                prop_assert!(read(value).is_err());
            }
        }
    }
}
