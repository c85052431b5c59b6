//! `POST /v1/first-login`

use super::attempt::{Accepts, Challenge, Proof, account_of, prove};
use super::password::{Rule, Typed};
use super::set_password::set_password;
use super::typed_name::TypedName;
use super::{AccountChanged, InitialCode};
use crate::acting::stranger;
use crate::api::position;
use crate::{WriteApi, problems};
use axum::extract::{FromRef, State};
use axum::http::Method;
use commands::account::Credential;
use data_encoding::HEXLOWER;
use events::{AccountId, Actor, Capacity, Idempotency, Metadata};
use journal::Receipt;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use web::command::{Fingerprint, FingerprintKey};
use web::kinds::INVALID_CREDENTIALS;
use web::position::Recorded;
use web::source::Source;
use web::trace::TraceId;
use web::{Problem, ValidJson};
use zeroize::Zeroizing;

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

const PATH: &str = "/v1/first-login";

/// Sets a personal password in place of the initial code, once; then log in with it. A wrong code counts as a failed
/// login, and the answer is the same for an unknown name and a suspended account. It takes no `Idempotency-Key`: a code
/// works once, and so the request is its own. Sent again after its answer was lost, with the code that was used, it is
/// answered as before, for as long as the personal password that it sets is in force.
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
    let answer =
        |receipt: &Receipt| Recorded::done(position(receipt.position), AccountChanged { account: account.as_uuid() });
    let idempotency = Some(its_own_key(&api, account, &code, &password)?);
    let actor = Actor::Account(account);
    let setting = Metadata { actor, capacity: Capacity::Agent, idempotency, ..metadata.clone() };
    // Only a request with this very code and password is known. What it has done is no answer without a proof: who asks may
    // know an old code with its password.
    let new = api.journal.recall(&setting).await.map_err(problems::journal)?.is_none();
    let challenge = Challenge {
        account,
        secret: code,
        accepts: Accepts::FirstLogin { set_before: (!new).then(|| password.clone()) },
        source,
        metadata,
        repeats: new.then(|| setting.clone()),
    };
    let proved = match prove(&api, challenge).await? {
        Proof::Proved(proved) => proved,
        Proof::Repeated(first) => return Ok(answer(&first)),
        Proof::Failed => return Err(problems::invalid_credentials()),
    };
    if let Credential::PersonalPassword(_) = proved.credential {
        return Ok(answer(&proved.receipt));
    }
    let setting = Metadata { occurred_at: api.clock.now(), ..setting };
    let receipt = set_password(&api, account, password, proved.credential.id(), setting).await?;
    Ok(answer(&receipt))
}

/// By which the request is known when it comes several times at once: the code is of this account alone, and new.
fn its_own_key(api: &WriteApi, account: AccountId, code: &Typed, password: &Typed) -> Result<Idempotency, Problem> {
    let code = InitialCode::typed(code);
    let asked = serde_json::to_vec(&(account, code.reveal(), password.reveal())).map_err(Problem::internal)?;
    let asked = Zeroizing::new(asked);
    let fingerprint = Fingerprint::of(&FingerprintKey::from_ref(api), &Method::POST, PATH, &asked).0;
    let key = format!("first-login/{}", HEXLOWER.encode(&fingerprint)).parse().map_err(Problem::internal)?;
    Ok(Idempotency { key, fingerprint, outcome: Vec::new() })
}

pub(crate) const PROBLEMS: &[&web::Kind] = &[&INVALID_CREDENTIALS];
