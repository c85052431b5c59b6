use crate::projection::standing_row::state;
use crate::{ReadApi, problems};
use axum::Json;
use axum::extract::State;
use projections::{Standing, standings};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;
use utoipa::ToSchema;
use web::kinds::UNAVAILABLE;
use web::{Problem, Text};

/// The process can serve.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Ready {
    /// `ready`.
    #[schema(example = "ready")]
    status: &'static str,
    /// Each projection's state: `current`, `following`, `rebuilding` or `halted`.
    projections: BTreeMap<String, &'static str>,
}

/// How long the database may take to answer and a process still be ready.
pub const READY_WITHIN: Duration = Duration::from_secs(1);

/// Whether to send requests: the database answers within a second, and no projection that goes on is too far behind. One
/// that halted is told here and takes nothing else with it.
#[utoipa::path(
    get,
    path = "/health/ready",
    tag = "health",
    responses((status = 200, description = "Send them", body = Ready))
)]
pub(crate) async fn show_ready(State(api): State<ReadApi>) -> Result<Json<Ready>, Problem> {
    let standings = tokio::time::timeout(READY_WITHIN, standings(api.pool())).await;
    let standings = standings.map_err(Problem::unavailable)?.map_err(problems::database)?;
    let most = api.config.ready_lag();
    if let Some(late) = standings.iter().find(|standing| standing.halt.is_none() && standing.lag > most) {
        return Err(too_late(late));
    }
    let projections = standings.into_iter().map(|standing| {
        let state = state(&standing);
        (standing.projection, state)
    });
    Ok(Json(Ready { status: "ready", projections: projections.collect() }))
}

fn too_late(standing: &Standing) -> Problem {
    let (name, seconds) = (&standing.projection, standing.lag.as_secs());
    let detail = Text::made(
        format!("La projection {name} a {seconds} s de retard."),
        format!("The projection {name} is {seconds} s behind."),
    );
    Problem::from(&UNAVAILABLE).retry_after(Duration::from_secs(1)).detail(detail)
}
