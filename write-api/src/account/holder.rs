use super::attempt::account_of;
use crate::access::roles;
use crate::{WriteApi, problems};
use commands::account::Account;
use events::account::Role;
use events::username::Username;
use events::{AccountId, Actor, Capacity, Metadata};
use web::Problem;

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
