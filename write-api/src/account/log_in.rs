//! `POST /v1/sessions`

use super::attempt::{Accepts, Challenge, Proof, account_of, prove};
use super::password::Typed;
use super::typed_name::TypedName;
use crate::acting::stranger;
use crate::api::position;
use crate::{WriteApi, problems};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;
use uuid::Uuid;
use web::cookie::SessionCookies;
use web::csrf::CsrfToken;
use web::kinds::{INVALID_CREDENTIALS, PERSONAL_PASSWORD_REQUIRED};
use web::position::Recorded;
use web::source::Source;
use web::trace::TraceId;
use web::{Problem, ValidJson};

/// Who asks for a session, and how it is to be carried.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Login {
    /// The name to log in with.
    username: TypedName,
    /// The personal password.
    #[schema(value_type = String, format = Password, max_length = 128)]
    password: SecretString,
    /// True for browsers: the token comes as a cookie and not in the body.
    #[serde(default)]
    cookie: bool,
}

/// A session that was opened.
#[derive(Serialize, ToSchema)]
pub(crate) struct Session {
    /// The session.
    session: Uuid,
    /// Whose it is.
    account: Uuid,
    /// What its account may do.
    #[schema(value_type = Vec<String>)]
    roles: std::collections::BTreeSet<events::account::Role>,
    /// When it ends at the latest; it ends earlier when it is not used.
    expires: DateTime<Utc>,
    /// For `Authorization: Bearer`; absent when it was asked for as a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// For `X-CSRF-Token` beside the cookie; absent for a bearer.
    #[serde(skip_serializing_if = "Option::is_none")]
    csrf_token: Option<String>,
}

/// Logs in. The answer is the same for a wrong password, an unknown name and a suspended account.
#[utoipa::path(
    post, path = "/v1/sessions", operation_id = "logIn", tag = "sessions", request_body = Login,
    responses((status = 201, description = "The session", body = Recorded<Session>)),
)]
pub(crate) async fn log_in(
    State(api): State<WriteApi>,
    source: Source,
    trace: TraceId,
    ValidJson(login): ValidJson<Login>,
) -> Result<Response, Problem> {
    let secret = Typed::parse(&login.password, "/password")?;
    let metadata = stranger(api.clock.now(), trace);
    let account = account_of(&api, login.username.login_name(), &metadata).await?;
    let challenge = Challenge { account, secret, accepts: Accepts::Login, source, metadata, repeats: None };
    let Proof::Proved(proved) = prove(&api, challenge).await? else { return Err(problems::invalid_credentials()) };
    let Some(opened) = proved.session else { return Err(Problem::from(&PERSONAL_PASSWORD_REQUIRED)) };

    let session = Session {
        session: opened.id.as_uuid(),
        account: account.as_uuid(),
        roles: proved.state.roles().clone(),
        expires: opened.expires,
        token: (!login.cookie).then(|| opened.token.reveal()),
        csrf_token: login.cookie.then(|| CsrfToken::of(&opened.token).as_str().to_owned()),
    };
    let answer = Recorded::created(position(proved.receipt.position), session);
    if !login.cookie {
        return Ok(answer.into_response());
    }
    let lifetime = Duration::from_secs(api.config.session_absolute_s.into());
    Ok((SessionCookies::open(&opened.token, lifetime), answer).into_response())
}

pub(crate) const PROBLEMS: &[&web::Kind] = &[&INVALID_CREDENTIALS, &PERSONAL_PASSWORD_REQUIRED];
