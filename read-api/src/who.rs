//! Who asks, and what he may see.

use crate::ReadApi;
use crate::sessions::Grants;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use events::AccountId;
use events::account::Role;
use projections::account::accounts;
use std::collections::BTreeSet;
use web::at_least::AtLeast;
use web::kinds::NOT_ALLOWED;
use web::session::Caller;
use web::token::TokenHash;
use web::{Problem, Text};

/// The signed-in caller of a handler.
///
/// His roles are those that `accounts_v1` shows; one who asks to be at a position is judged by the roles that he has
/// there.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    pub(crate) account: AccountId,
    pub(crate) token: TokenHash,
    roles: BTreeSet<Role>,
}

impl FromRequestParts<ReadApi> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &ReadApi) -> Result<Self, Problem> {
        let at_least = AtLeast::from_request_parts(parts, api).await?;
        let before = api.positions.of(accounts::NAME);
        let who = Self::signed_in(parts, api).await?;
        // Only one who is signed in may wait.
        match at_least.position {
            Some(asked) if asked.get() > before.get().unsigned_abs() => {
                api.wait(at_least, &[accounts::NAME]).await?;
                Self::signed_in(parts, api).await
            }
            _ => Ok(who),
        }
    }
}

impl Who {
    async fn signed_in(parts: &mut Parts, api: &ReadApi) -> Result<Self, Problem> {
        let caller = <Caller<Grants> as FromRequestParts<_>>::from_request_parts(parts, api).await?;
        Ok(Self {
            account: AccountId::from_uuid(caller.signed_in.account),
            token: caller.token.hash(),
            roles: caller.signed_in.grants.roles,
        })
    }

    /// Whether he has this role.
    pub(crate) fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// # Errors
    /// 403 `not-allowed` for a caller who has none of these roles.
    pub(crate) fn has_one_of(&self, roles: &[Role]) -> Result<(), Problem> {
        if roles.iter().any(|role| self.roles.contains(role)) {
            return Ok(());
        }
        let names = |or| roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(or);
        let detail = Text::made(
            format!("Il faut l’un de ces rôles : {}.", names(" ou ")),
            format!("One of these roles is needed: {}.", names(" or ")),
        );
        Err(Problem::from(&NOT_ALLOWED).detail(detail))
    }
}
