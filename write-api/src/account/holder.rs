use super::attempt::account_of;
use crate::access::roles;
use crate::{WriteApi, problems};
use commands::account::{Account, Credential};
use events::account::Role;
use events::username::Username;
use events::{AccountId, Actor, Capacity, Metadata};
use web::kinds::{NOT_ALLOWED, PERSONAL_PASSWORD_REQUIRED};
use web::{Problem, Text};

/// The account of this name, which must hold `role` by all that is recorded, in the service still: for acts that an
/// operator does at the command line in the name of somebody who answers for them.
///
/// # Errors
/// 403 for a name that no account has and for an account without the role; what the journal or the vault do not tell.
pub async fn holder(api: &WriteApi, username: &Username, role: Role) -> Result<AccountId, Problem> {
    let metadata = Metadata::new(Actor::Service, Capacity::Operator, api.clock.now());
    let account = account_of(api, &username.login_name(), &metadata).await?;
    let state = api.journal.unit::<Account>(metadata.clone()).fresh_state(account).await.map_err(problems::reading)?;
    let in_force = roles::in_force(&api.journal, metadata, account, state.inner().roles()).await;
    if in_force.map_err(problems::reading)?.contains(&role) { Ok(account) } else { Err(problems::role_needed(role)) }
}

/// Whether whoever has `account` could open a session now, as far as its events tell: nobody reads in the name of somebody
/// whom the portal would not let in.
///
/// # Errors
/// 403 `not-allowed` for one that is suspended, 403 `personal-password-required` for one whose initial code is in force
/// still; what the journal does not tell.
pub async fn may_log_in(api: &WriteApi, account: AccountId) -> Result<(), Problem> {
    let metadata = Metadata::new(Actor::Service, Capacity::Operator, api.clock.now());
    let state =
        api.journal.unit::<Account>(metadata).fresh_state(account).await.map_err(problems::reading)?.into_inner();
    if state.is_suspended() {
        let detail = Text::new("ce compte est suspendu", "this account is suspended");
        return Err(Problem::from(&NOT_ALLOWED).detail(detail));
    }
    match state.credential() {
        Some(Credential::PersonalPassword(_)) => Ok(()),
        Some(Credential::InitialCode(_)) | None => Err(Problem::from(&PERSONAL_PASSWORD_REQUIRED).detail(Text::new(
            "ce compte n’a pas encore de mot de passe personnel",
            "this account has no personal password yet",
        ))),
    }
}
