//! Every route, and the document that describes them.

use crate::problems::{ERASED, READING_NOT_DECLARED};
use crate::{ReadApi, account, audit, health, leave, projection};
use axum::Router;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::Kind;
use web::kinds::{NOT_ACCEPTABLE, NOT_ALLOWED, NOT_FOUND, PAYLOAD_TOO_LARGE};

/// The operations that answer with problems of their own.
const RAISES: &[(&str, &[&Kind])] = &[
    ("show_me", &[&NOT_FOUND]),
    ("list_accounts", &[&NOT_ALLOWED]),
    ("show_account", &[&NOT_ALLOWED, &NOT_FOUND]),
    ("show_account_state", &[&NOT_ALLOWED, &NOT_FOUND]),
    ("show_reading", &[&NOT_ALLOWED, &NOT_FOUND]),
    ("list_entries", &[&NOT_ACCEPTABLE, &NOT_ALLOWED, &NOT_FOUND]),
    ("show_timeline", &[&NOT_ALLOWED, &NOT_FOUND, &PAYLOAD_TOO_LARGE]),
    ("stream_entries", &[&NOT_ALLOWED, &NOT_FOUND]),
    ("list_projections", &[&NOT_ALLOWED]),
    ("show_request", &[&NOT_FOUND]),
    ("list_medical_proofs", &[&NOT_ALLOWED]),
    ("show_proof", &[&ERASED, &NOT_FOUND, &READING_NOT_DECLARED]),
    ("show_balance", &[&NOT_ALLOWED, &NOT_FOUND]),
    ("show_calendar", &[&NOT_ALLOWED, &NOT_FOUND]),
    ("show_overview", &[&NOT_ACCEPTABLE, &NOT_ALLOWED]),
    ("list_sicknesses", &[&NOT_ALLOWED]),
    ("list_year_end_losses", &[&NOT_ALLOWED]),
    ("list_overdrafts", &[&NOT_ALLOWED]),
    ("list_proposed_corrections", &[&NOT_ALLOWED]),
    ("list_gifts", &[&NOT_ALLOWED]),
    ("show_feed", &[&NOT_FOUND]),
    ("show_employment", &[&NOT_ALLOWED, &NOT_FOUND]),
];

/// The routes, to be merged with others and dressed ([`web::stack::dress`]).
pub fn router(api: ReadApi) -> Router {
    routes().with_state(api).split_for_parts().0
}

/// What OpenAPI 3.1 says of the routes; [`web::openapi::describe`] adds what all have in common, once, when the documents
/// of both sides are merged.
///
/// # Panics
/// Never: a test makes it.
pub fn openapi() -> OpenApi {
    let mut doc = routes().into_openapi();
    for (operation, kinds) in RAISES {
        #[expect(clippy::expect_used, reason = "a constant that a test holds against the routes")]
        web::openapi::raises(&mut doc, operation, kinds).expect("an operation of this crate");
    }
    doc
}

fn routes() -> OpenApiRouter<ReadApi> {
    OpenApiRouter::new()
        .routes(routes!(account::show_me::show_me))
        .routes(routes!(account::list_security_history::list_security_history))
        .routes(routes!(account::list_accounts::list_accounts))
        .routes(routes!(account::show_account::show_account))
        .routes(routes!(account::show_account_state::show_account_state))
        .routes(routes!(audit::show_reading::show_reading))
        .routes(routes!(audit::list_entries::list_entries))
        .routes(routes!(audit::stream_entries::stream_entries))
        .routes(routes!(audit::show_timeline::show_timeline))
        .routes(routes!(leave::list_my_requests::list_my_requests))
        .routes(routes!(leave::show_request::show_request))
        .routes(routes!(leave::list_medical_proofs::list_medical_proofs))
        .routes(routes!(leave::show_proof::show_proof))
        .routes(routes!(leave::show_balance::show_my_balance))
        .routes(routes!(leave::show_balance::show_balance))
        .routes(routes!(leave::list_validations::list_validations))
        .routes(routes!(leave::show_calendar::show_calendar))
        .routes(routes!(leave::show_overview::show_overview))
        .routes(routes!(leave::list_year_end_losses::list_year_end_losses))
        .routes(routes!(leave::list_overdrafts::list_overdrafts))
        .routes(routes!(leave::list_proposed_corrections::list_proposed_corrections))
        .routes(routes!(leave::list_notices::list_notices))
        .routes(routes!(leave::list_delegations::list_delegations))
        .routes(routes!(leave::list_calendar_feeds::list_calendar_feeds))
        .routes(routes!(leave::show_feed::show_feed))
        .routes(routes!(leave::show_employment::show_my_employment))
        .routes(routes!(leave::show_employment::show_employment))
        .routes(routes!(leave::list_sicknesses::list_my_sicknesses))
        .routes(routes!(leave::list_sicknesses::list_sicknesses))
        .routes(routes!(leave::list_units::list_units))
        .routes(routes!(leave::list_gifts::list_gifts))
        .routes(routes!(leave::list_gifts::list_my_gifts))
        .routes(routes!(projection::list_projections::list_projections))
        .routes(routes!(health::show_live::show_live))
        .routes(routes!(health::show_ready::show_ready))
}
