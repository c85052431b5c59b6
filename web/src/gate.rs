//! What a request passes on its way to its handler.
//!
//! One layer and not one for each step: a layer costs every request a copy of all that is below it.

use std::{any::Any, sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::{sync::Semaphore, time::timeout};

use crate::{
    at_least::Wait,
    body::BodyLimit,
    csrf, idempotency,
    kinds::{METHOD_NOT_ALLOWED, NOT_FOUND, REQUEST_TIMEOUT},
    language::Text,
    problem::Problem,
    rate::Limiter,
    source::{self, Proxies},
    stack::Config,
};

pub(crate) struct Gate {
    proxies: Proxies,
    limiter: Limiter,
    places: Semaphore,
    longest: Duration,
    body_limit: BodyLimit,
    wait: Wait,
}

impl Gate {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            proxies: config.proxies.clone(),
            limiter: Limiter::new(config.rate_limits.clone()),
            places: Semaphore::new(config.concurrent_requests.min(Semaphore::MAX_PERMITS)),
            longest: Duration::from_millis(config.request_timeout_ms),
            body_limit: BodyLimit(config.body_limit_bytes),
            wait: config.wait,
        }
    }
}

/// Layer: finds the source and refuses, the cheapest check first, what comes too often (429), from another site
/// (403), when all places are taken (503), or takes too long (408).
///
/// A place is held until the answer begins, so an open event stream holds none.
pub(crate) async fn pass(State(gate): State<Arc<Gate>>, mut request: Request, next: Next) -> Result<Response, Problem> {
    let source = gate.proxies.source(source::peer(&request)?, request.headers());
    gate.limiter.admit(source).await?;
    csrf::refuse_cross_site(&request)?;
    let _place = gate.places.try_acquire().map_err(Problem::unavailable)?;
    let keyed = request.headers().contains_key(idempotency::HEADER);
    let extensions = request.extensions_mut();
    extensions.insert(source);
    extensions.insert(gate.body_limit);
    extensions.insert(gate.wait);
    timeout(gate.longest, next.run(request)).await.map_err(|_| {
        let detail = if keyed {
            Text::new(
                "L’effet de la requête n’est pas connu ; renvoyez-la avec la même clé d’idempotence.",
                "Whether the request took effect is not known; send it again with the same idempotency key.",
            )
        } else {
            Text::new("L’effet de la requête n’est pas connu.", "Whether the request took effect is not known.")
        };
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
