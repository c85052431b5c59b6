//! How much and how long: requests at once, time for one request, a panic's end.

use std::{any::Any, sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::{sync::Semaphore, time::timeout};

use crate::{
    kinds::{METHOD_NOT_ALLOWED, NOT_FOUND, REQUEST_TIMEOUT},
    language::Text,
    problem::Problem,
};

/// Layer: refuses at once, with 503 `unavailable`, what would have to wait for a place.
///
/// A place is held until the answer begins, so an open event stream holds none.
pub(crate) async fn shed(
    State(places): State<Arc<Semaphore>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let _place = places.try_acquire().map_err(Problem::unavailable)?;
    Ok(next.run(request).await)
}

/// Layer: 408 `request-timeout` where body and answer take longer.
pub(crate) async fn hurry(State(longest): State<Duration>, request: Request, next: Next) -> Result<Response, Problem> {
    timeout(longest, next.run(request)).await.map_err(|_| {
        let detail = Text::new(
            "L’effet de la requête n’est pas connu ; renvoyez-la avec la même clé d’idempotence.",
            "Whether the request took effect is not known; send it again with the same idempotency key.",
        );
        Problem::from(&REQUEST_TIMEOUT).detail(detail)
    })
}

/// What a panic answers. Its message may hold anything, so only the panic hook sees it.
pub(crate) fn panicked(_: Box<dyn Any + Send>) -> Response {
    Problem::internal("a handler panicked").into_response()
}

pub(crate) async fn not_found() -> Problem {
    Problem::from(&NOT_FOUND)
}

pub(crate) async fn method_not_allowed() -> Problem {
    Problem::from(&METHOD_NOT_ALLOWED)
}
