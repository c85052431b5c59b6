//! Readings of the audit trail and of the proofs of others, declared before they are made.

mod declare_proof_reading;
mod declare_reading;

use crate::WriteApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<WriteApi> {
    OpenApiRouter::new()
        .routes(routes!(declare_reading::declare_reading))
        .routes(routes!(declare_proof_reading::declare_proof_reading))
}

/// The problems of its own that each operation answers with.
pub(crate) const PROBLEMS: &[(&str, &[&web::Kind])] =
    &[("declareReading", declare_reading::PROBLEMS), ("declareProofReading", declare_proof_reading::PROBLEMS)];
