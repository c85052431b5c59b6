//! An account as it is shown, its personal data opened.

use crate::opening::{Boxes, Content};
use chrono::{DateTime, Utc};
use projections::account::accounts::Account;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use vault::{Vault, places};
use web::Problem;

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountRow {
    /// The account.
    account: Uuid,
    /// The name to log in with; null once erased.
    username: Option<String>,
    /// First name; null once erased.
    given_name: Option<String>,
    /// Last name; null once erased.
    family_name: Option<String>,
    /// The number in the HR system; null where it is not known, or erased.
    staff_number: Option<String>,
    /// Which of these are null because they were erased.
    erased: Vec<&'static str>,
    /// `provisioned`, `active` or `suspended`.
    #[schema(example = "active")]
    status: &'static str,
    /// The roles held.
    #[schema(example = json!(["agent", "auditor"]))]
    roles: Vec<&'static str>,
    /// Failed logins since the last success or reactivation.
    failures: u8,
    /// The last login.
    last_login: Option<DateTime<Utc>>,
    /// Since when nobody logs in.
    suspended_since: Option<DateTime<Utc>>,
    /// Since when the account is there.
    provisioned_at: Option<DateTime<Utc>>,
}

/// The rows of a page, opened with one look at the vault.
///
/// # Errors
/// 503 `unavailable`; 500 for a box that does not open at its place.
pub(crate) async fn opened(vault: &Vault, accounts: &[Account]) -> Result<Vec<AccountRow>, Problem> {
    let mut boxes = Boxes::default();
    let sealed: Vec<[Option<Content>; 4]> = accounts
        .iter()
        .map(|account| {
            let mut add = |field, sealed| boxes.add(places::identity(account.account, field), sealed);
            [
                Some(add("username", &account.username)),
                Some(add("given_name", &account.given_name)),
                Some(add("family_name", &account.family_name)),
                account.staff_number.as_ref().map(|sealed| add("staff_number", sealed)),
            ]
        })
        .collect();
    let mut contents = boxes.open(vault).await?;
    let row = |(account, [username, given_name, family_name, staff_number]): (&Account, [Option<Content>; 4])| {
        let mut erased = Vec::new();
        AccountRow {
            account: account.account.as_uuid(),
            username: contents.take(username, "username", &mut erased),
            given_name: contents.take(given_name, "given_name", &mut erased),
            family_name: contents.take(family_name, "family_name", &mut erased),
            staff_number: contents.take(staff_number, "staff_number", &mut erased),
            erased,
            status: account.state.status().as_str(),
            roles: account.state.roles.iter().map(|role| role.as_str()).collect(),
            failures: account.state.failures,
            last_login: account.state.last_login,
            suspended_since: account.state.suspended_since,
            provisioned_at: account.state.provisioned_at,
        }
    };
    Ok(accounts.iter().zip(sealed).map(row).collect())
}
