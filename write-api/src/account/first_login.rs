//! `POST /v1/first-login`

use super::attempt::{Accepts, Challenge, Proof, account_of, prove};
use super::password::{Rule, Typed};
use super::set_password::set_password;
use super::typed_name::TypedName;
use super::{AccountChanged, InitialCode};
use crate::acting::stranger;
use crate::api::position;
use crate::{WriteApi, problems};
use axum::extract::State;
use events::{Actor, Capacity, Metadata};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use web::kinds::INVALID_CREDENTIALS;
use web::position::Recorded;
use web::source::Source;
use web::trace::TraceId;
use web::{Problem, ValidJson};

/// The first login of an agent.
#[derive(Deserialize, ToSchema)]
pub(crate) struct FirstLogin {
    /// The name to log in with.
    username: TypedName,
    /// The code that was handed over; blanks, hyphens and case do not count.
    #[schema(value_type = String, format = Password, max_length = 128)]
    initial_code: SecretString,
    /// The personal password to set: 15 to 128 characters, with an upper-case letter, a digit and a special character.
    #[schema(value_type = String, format = Password, min_length = 15, max_length = 128)]
    password: SecretString,
}

/// Sets a personal password in place of the initial code, once; then log in with it. A wrong code counts as a failed
/// login, and the answer is the same for an unknown name and a suspended account.
#[utoipa::path(
    post, path = "/v1/first-login", operation_id = "firstLogin", tag = "sessions", request_body = FirstLogin,
    responses((status = 200, description = "The personal password is set", body = Recorded<AccountChanged>)),
)]
pub(crate) async fn first_login(
    State(api): State<WriteApi>,
    source: Source,
    trace: TraceId,
    ValidJson(first): ValidJson<FirstLogin>,
) -> Result<Recorded<AccountChanged>, Problem> {
    let code = Typed::parse(&first.initial_code, "/initial_code")?;
    let password = Typed::parse(&first.password, "/password")?;
    let name = first.username.login_name();
    let is_code = InitialCode::typed(&password).reveal() == InitialCode::typed(&code).reveal();
    let also_broken = [password.spells(name).then_some(Rule::NotUsername), is_code.then_some(Rule::NotFirstSecret)];
    password.check_as_new("/password", api.config.password_min_length, also_broken.into_iter().flatten())?;

    let metadata = stranger(api.clock.now(), trace);
    let account = account_of(&api, name, &metadata).await?;
    let challenge = Challenge {
        account,
        secret: code,
        accepts: Accepts::InitialCode,
        source,
        metadata: metadata.clone(),
        repeats: None,
    };
    let Proof::Proved(proved) = prove(&api, challenge).await? else { return Err(problems::invalid_credentials()) };

    let (actor, occurred_at) = (Actor::Account(account), api.clock.now());
    let metadata = Metadata { actor, capacity: Capacity::Agent, occurred_at, ..metadata };
    let receipt = set_password(&api, account, password, proved.credential.id(), metadata).await?;
    Ok(Recorded::done(position(receipt.position), AccountChanged { account: account.as_uuid() }))
}

pub(crate) const PROBLEMS: &[&web::Kind] = &[&INVALID_CREDENTIALS];
