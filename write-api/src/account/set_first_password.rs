//! A personal password in place of the initial code, by whoever operates the portal: for a demonstration, whose people
//! have nobody to hand a code to.

use super::password::Typed;
use super::set_password::set_password;
use crate::{WriteApi, problems};
use commands::account::Account;
use events::{AccountId, Metadata};
use journal::Receipt;
use secrecy::SecretString;
use web::Problem;
use web::kinds::NOT_FOUND;

/// Sets the personal password of `account` in place of whatever secret is in force, on the record of `metadata`'s actor.
///
/// # Errors
/// 404 for no account, 422 for a password that breaks a rule; what the journal does not take.
pub async fn set_first_password(
    api: &WriteApi,
    account: AccountId,
    password: &SecretString,
    metadata: Metadata,
) -> Result<Receipt, Problem> {
    let password = Typed::parse(password, "/password")?;
    password.check_as_new("/password", api.config.password_min_length, [])?;
    let unit = api.journal().unit::<Account>(metadata.clone());
    let state = unit.fresh_state(account).await.map_err(problems::reading)?.into_inner();
    let replaces = state.credential().ok_or_else(|| Problem::from(&NOT_FOUND))?;
    set_password(api, account, password, replaces.id(), metadata).await
}
