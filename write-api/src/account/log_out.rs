//! `DELETE /v1/sessions/current`

use super::AccountChanged;
use crate::acting::Who;
use crate::api::position;
use crate::{WriteApi, problems};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use commands::Execution;
use commands::account::{Account, LogOut};
use data_encoding::HEXLOWER;
use events::{Idempotency, Metadata, SessionId};
use sha2::{Digest, Sha256};
use web::Problem;
use web::cookie::SessionCookies;
use web::position::Recorded;

/// Ends the session that asks for it. Of several calls at once each is told that it has ended, and it ends once.
#[utoipa::path(
    delete, path = "/v1/sessions/current", operation_id = "logOut", tag = "sessions",
    responses((status = 200, description = "The session has ended", body = Recorded<AccountChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn log_out(State(api): State<WriteApi>, who: Who) -> Result<Response, Problem> {
    let metadata = Metadata { idempotency: Some(once(who.session)?), ..who.for_himself(api.clock.now()) };
    let executed = Execution::<Account>::new(&api.journal, metadata)
        .on(who.account, LogOut { session: who.session }.into())
        .await
        .map_err(problems::account)?;
    api.sessions.end(who.session).await.map_err(problems::database)?;
    let answer = Recorded::done(position(executed.receipt.position), AccountChanged { account: who.account.as_uuid() });
    Ok((SessionCookies::close(), answer).into_response())
}

/// The key under which a session ends: of calls that come at once, the journal takes one.
fn once(session: SessionId) -> Result<Idempotency, Problem> {
    let fingerprint: [u8; 32] = Sha256::digest(format!("log out {session}")).into();
    let key = HEXLOWER.encode(&fingerprint).parse().map_err(Problem::internal)?;
    Ok(Idempotency { key, fingerprint, outcome: Vec::new() })
}
