//! `POST /v1/me/password`

use super::AccountChanged;
use super::attempt::{Accepts, Challenge, Proof, account_of, prove};
use super::password::{Rule, Typed};
use super::set_password::set_password;
use crate::acting::{Who, keyed};
use crate::api::position;
use crate::{WriteApi, problems};
use axum::extract::State;
use events::Metadata;
use events::username::LoginName;
use journal::Receipt;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use web::Problem;
use web::command::Command;
use web::idempotency::IdempotencyKey;
use web::kinds::INVALID_CREDENTIALS;
use web::position::Recorded;
use web::source::Source;

/// The password that is, and the one to be.
#[derive(Deserialize, ToSchema)]
pub(crate) struct PasswordChange {
    /// The password in force.
    #[schema(value_type = String, format = Password, max_length = 128)]
    current_password: SecretString,
    /// The one to set: 15 to 128 characters, with an upper-case letter, a digit and a special character.
    #[schema(value_type = String, format = Password, min_length = 15, max_length = 128)]
    password: SecretString,
}

/// Changes one's password. Every session of the account ends, this one too: log in again. A wrong current password
/// counts as a failed login.
#[utoipa::path(
    post, path = "/v1/me/password", operation_id = "changePassword", tag = "sessions",
    params(IdempotencyKey), request_body = PasswordChange,
    responses((status = 200, description = "The password is changed", body = Recorded<AccountChanged>)),
    security(("bearer" = []), ("session" = [])),
)]
pub(crate) async fn change_password(
    State(api): State<WriteApi>,
    who: Who,
    source: Source,
    command: Command<PasswordChange>,
) -> Result<Recorded<AccountChanged>, Problem> {
    let current = Typed::parse(&command.body.current_password, "/current_password")?;
    let password = Typed::parse(&command.body.password, "/password")?;
    let metadata = keyed(who.for_himself(api.clock.now()), &command, &())?;
    let account = who.account;
    let answer =
        |receipt: &Receipt| Recorded::done(position(receipt.position), AccountChanged { account: account.as_uuid() });
    if let Some(first) = api.journal.recall(&metadata).await.map_err(problems::journal)? {
        return Ok(answer(&first));
    }
    let named = account_of(&api, &LoginName::typed(password.reveal()), &metadata).await?;
    let also_broken = [
        (named == account).then_some(Rule::NotUsername),
        (password.reveal() == current.reveal()).then_some(Rule::NotSame),
    ];
    password.check_as_new("/password", api.config.password_min_length, also_broken.into_iter().flatten())?;

    let asking = Metadata { idempotency: None, ..metadata.clone() };
    let challenge = Challenge {
        account,
        secret: current,
        accepts: Accepts::PersonalPassword,
        source,
        metadata: asking,
        repeats: Some(metadata.clone()),
    };
    let proved = match prove(&api, challenge).await? {
        Proof::Proved(proved) => proved,
        Proof::Repeated(first) => return Ok(answer(&first)),
        Proof::Failed => return Err(problems::invalid_credentials()),
    };
    let metadata = Metadata { occurred_at: api.clock.now(), ..metadata };
    let receipt = set_password(&api, account, password, proved.credential.id(), metadata).await?;
    Ok(answer(&receipt))
}

pub(crate) const PROBLEMS: &[&web::Kind] = &[&INVALID_CREDENTIALS];
