//! For operators alone: metrics, liveness and readiness, on a listener of their own.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use metrics_exporter_prometheus::PrometheusHandle;
use projections::standings;
use read_api::READY_WITHIN;
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// What the answers are made of.
#[derive(Clone)]
pub struct Operations {
    /// The metrics recorded in this process.
    pub metrics: PrometheusHandle,
    /// A pool that can read the projections' standing.
    pub pool: PgPool,
    /// The pools of this process, by the role that they serve.
    pub pools: Vec<(&'static str, PgPool)>,
    /// A projection that is further behind makes the process unready.
    pub most_lag: Duration,
    /// Whether this process shows or feeds projections: one that only writes is ready without them.
    pub projections: bool,
    /// Cancelled when the process is stopping.
    pub stop: CancellationToken,
}

/// `GET /metrics`, `/health/live`, `/health/ready`.
pub fn router(operations: Operations) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .with_state(operations)
}

/// How long a look at the projections may take: metrics are most wanted while the database is down.
const PATIENCE: Duration = Duration::from_millis(500);

async fn metrics(State(operations): State<Operations>) -> impl IntoResponse {
    for (role, pool) in &operations.pools {
        metrics::gauge!("database_pool_connections", "pool" => *role).set(f64::from(pool.size()));
        metrics::gauge!("database_pool_idle", "pool" => *role).set(pool.num_idle() as f64);
    }
    // The gauges of the projections' lag are set by looking; where the database does not answer, they stay what they were.
    match tokio::time::timeout(PATIENCE, standings(&operations.pool)).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::warn!(error = %error, "the projections' standing cannot be read"),
        Err(_) => tracing::warn!("the projections' standing cannot be read in time"),
    }
    ([("content-type", "text/plain; version=0.0.4")], operations.metrics.render())
}

async fn live() -> impl IntoResponse {
    Json(json!({ "status": "live" }))
}

/// Ready to be sent requests: the database answers, and no projection that goes on is far behind.
async fn ready(State(operations): State<Operations>) -> impl IntoResponse {
    if operations.stop.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "stopping" })));
    }
    let Ok(Ok(standings)) = tokio::time::timeout(READY_WITHIN, standings(&operations.pool)).await else {
        return (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "no database" })));
    };
    // A projection that halted waits for an operator, and takes nothing else with it: the metrics tell of it.
    let behind = |lag: Duration| operations.projections && lag > operations.most_lag;
    let unhealthy: Vec<_> = standings
        .iter()
        .filter(|standing| standing.halt.is_none() && behind(standing.lag))
        .map(|standing| json!({ "projection": standing.projection, "events_behind": standing.events_behind() }))
        .collect();
    if unhealthy.is_empty() {
        (StatusCode::OK, Json(json!({ "status": "ready" })))
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "behind", "projections": unhealthy })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::Response;
    use metrics_exporter_prometheus::PrometheusBuilder;
    use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
    use tokio::net::TcpListener;

    /// What is answered while the pool waits for a database that takes connections and never says a word, and before the pool
    /// itself gives up.
    async fn meanwhile<A: IntoResponse>(answer: impl AsyncFnOnce(State<Operations>) -> A) -> Response {
        let silent = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = silent.local_addr().unwrap().port();
        let options = PgConnectOptions::new().host("127.0.0.1").port(port);
        let pool = PgPoolOptions::new().acquire_timeout(Duration::from_secs(60)).connect_lazy_with(options);
        let operations = Operations {
            metrics: PrometheusBuilder::new().build_recorder().handle(),
            pools: vec![("operations", pool.clone())],
            pool: pool.clone(),
            most_lag: Duration::ZERO,
            projections: true,
            stop: CancellationToken::new(),
        };
        tokio::select! {
            biased;
            waited = pool.acquire() => panic!("the pool was waited for: {waited:?}"),
            answer = answer(State(operations)) => answer.into_response(),
        }
    }

    #[tokio::test]
    async fn metrics_are_told_while_the_database_does_not_answer() {
        assert_eq!(meanwhile(metrics).await.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn nobody_is_ready_while_the_database_does_not_answer() {
        assert_eq!(meanwhile(ready).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}
