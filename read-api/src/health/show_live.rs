use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// The process answers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Live {
    /// `live`.
    #[schema(example = "live")]
    status: &'static str,
}

/// Whether the process answers: restart it when it does not.
#[utoipa::path(get, path = "/health/live", tag = "health", responses((status = 200, description = "It does", body = Live)))]
pub(crate) async fn show_live() -> Json<Live> {
    Json(Live { status: "live" })
}
