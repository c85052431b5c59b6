//! Accounts over HTTP, and the login: how three strikes are three.
//!
//! `attempt` is the one place where a secret is compared. Every route that proves a secret (login, first login,
//! change of the password) goes through it, so that a guess counts wherever it is made.

mod attempt;
mod change_password;
mod first_login;
mod grant_role;
pub(crate) mod hashing;
mod hashing_threads;
mod holder;
mod initial_code;
mod issue_initial_code;
pub(crate) mod line;
mod log_in;
mod log_out;
pub(crate) mod password;
mod provision;
mod provision_account;
mod reactivate_account;
mod reused_memory;
mod revoke_role;
mod set_first_password;
mod set_password;
mod staff_number;
mod typed_name;

pub use grant_role::grant;
pub use holder::{holder, may_log_in};
pub use initial_code::InitialCode;
pub(crate) use provision::username_stream;
pub use provision::{LoginNameToGive, NewAgent, NotProvisioned, Provisioned, provision};
pub use set_first_password::set_first_password;
pub use staff_number::agent_of_staff_number;

use crate::WriteApi;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The account that a write was about.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountChanged {
    /// The account.
    account: Uuid,
}

/// A command that needs no word beside its address: `{}`.
#[derive(Debug, serde::Deserialize, ToSchema)]
pub(crate) struct NothingMore {}

pub(crate) fn routes() -> OpenApiRouter<WriteApi> {
    OpenApiRouter::new()
        .routes(routes!(provision_account::provision_account))
        .routes(routes!(issue_initial_code::issue_initial_code))
        .routes(routes!(reactivate_account::reactivate_account))
        .routes(routes!(grant_role::grant_role))
        .routes(routes!(revoke_role::revoke_role))
        .routes(routes!(first_login::first_login))
        .routes(routes!(log_in::log_in))
        .routes(routes!(log_out::log_out))
        .routes(routes!(change_password::change_password))
}

/// The problems of its own that each operation answers with.
pub(crate) const PROBLEMS: &[(&str, &[&web::Kind])] = &[
    ("provisionAccount", provision_account::PROBLEMS),
    ("issueInitialCode", issue_initial_code::PROBLEMS),
    ("reactivateAccount", reactivate_account::PROBLEMS),
    ("grantRole", grant_role::PROBLEMS),
    ("revokeRole", revoke_role::PROBLEMS),
    ("firstLogin", first_login::PROBLEMS),
    ("logIn", log_in::PROBLEMS),
    ("changePassword", change_password::PROBLEMS),
];
