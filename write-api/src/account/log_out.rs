//! `DELETE /v1/sessions/current`

use super::AccountChanged;
use crate::acting::Who;
use crate::api::position;
use crate::{WriteApi, problems};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use commands::Execution;
use commands::account::{Account, LogOut};
use web::Problem;
use web::cookie::SessionCookies;
use web::position::Recorded;

/// Ends the session that asks for it.
#[utoipa::path(
    delete, path = "/v1/sessions/current", operation_id = "logOut", tag = "sessions",
    responses((status = 200, description = "The session has ended", body = Recorded<AccountChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn log_out(State(api): State<WriteApi>, who: Who) -> Result<Response, Problem> {
    let metadata = who.for_himself(api.clock.now());
    let executed = Execution::<Account>::new(&api.journal, metadata)
        .on(who.account, LogOut { session: who.session }.into())
        .await
        .map_err(problems::account)?;
    api.sessions.end(who.session).await.map_err(problems::database)?;
    let answer = Recorded::done(position(executed.receipt.position), AccountChanged { account: who.account.as_uuid() });
    Ok((SessionCookies::close(), answer).into_response())
}
