use super::attempt::account_of;
use crate::{WriteApi, problems};
use commands::account::Account;
use events::account::Role;
use events::username::Username;
use events::{AccountId, Actor, Capacity, Metadata};
use web::Problem;

/// The account of this name, which must hold `role` by all that is recorded: for acts that an operator does at the
/// command line in the name of somebody who answers for them.
///
/// # Errors
/// 403 for a name that no account has and for an account without the role; what the journal or the vault do not tell.
pub async fn holder(api: &WriteApi, username: &Username, role: Role) -> Result<AccountId, Problem> {
    let metadata = Metadata::new(Actor::Service, Capacity::Operator, api.clock.now());
    let account = account_of(api, &username.login_name(), &metadata).await?;
    let state = api.journal.unit::<Account>(metadata).fresh_state(account).await.map_err(problems::reading)?;
    if state.into_inner().roles().contains(&role) { Ok(account) } else { Err(problems::role_needed(role)) }
}
