//! Who asks, and what he may see.

use crate::ReadApi;
use crate::sessions::Grants;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use events::account::Role;
use events::{AccountId, Position};
use projections::account::accounts::{self, RowVersion};
use projections::leave::employments;
use web::at_least::AtLeast;
use web::kinds::NOT_ALLOWED;
use web::session::Caller;
use web::token::TokenHash;
use web::{Problem, Text};

/// The signed-in caller of a handler.
///
/// His roles are those that `accounts_v1` shows, and none but that of an agent once `employments_v1` shows that he left
/// the service; one who asks to be at a position is judged by the roles that he has there.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    pub(crate) account: AccountId,
    pub(crate) token: TokenHash,
    grants: Grants,
}

/// What roles follow from.
const JUDGED_BY: [&str; 2] = [accounts::NAME, employments::NAME];

impl FromRequestParts<ReadApi> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &ReadApi) -> Result<Self, Problem> {
        let at_least = AtLeast::from_request_parts(parts, api).await?;
        let before = JUDGED_BY.map(|name| (name, api.positions.of(name)));
        let who = Self::signed_in(parts, api).await?;
        // Only one who is signed in may wait.
        let Some(asked) = at_least.position else { return Ok(who) };
        let judged_by = before.into_iter().take(if who.grants.reach_others() { JUDGED_BY.len() } else { 1 });
        let behind = judged_by.filter(|(_, shown)| asked.get() > shown.get().unsigned_abs());
        let behind: Vec<&str> = behind.map(|(name, _)| name).collect();
        if behind.is_empty() {
            return Ok(who);
        }
        api.wait(at_least, &behind).await?;
        Self::signed_in(parts, api).await
    }
}

impl Who {
    async fn signed_in(parts: &mut Parts, api: &ReadApi) -> Result<Self, Problem> {
        let caller = <Caller<Grants> as FromRequestParts<_>>::from_request_parts(parts, api).await?;
        Ok(Self {
            account: AccountId::from_uuid(caller.signed_in.account),
            token: caller.token.hash(),
            grants: caller.signed_in.grants,
        })
    }

    /// The row that shows his own account, and the position that this shows.
    pub(crate) fn own_row(&self) -> Option<(Position, RowVersion)> {
        self.grants.row.map(|row| (self.grants.shown, row))
    }

    /// Whether he has this role.
    pub(crate) fn has(&self, role: Role) -> bool {
        self.grants.roles.contains(&role)
    }

    /// # Errors
    /// 403 `not-allowed` for a caller who has none of these roles.
    pub(crate) fn has_one_of(&self, roles: &[Role]) -> Result<(), Problem> {
        if roles.iter().any(|role| self.grants.roles.contains(role)) {
            return Ok(());
        }
        let fr: Vec<_> = roles.iter().map(|role| format!("le rôle « {role} »")).collect();
        let en: Vec<_> = roles.iter().map(|role| format!("role `{role}`")).collect();
        let (fr, en) = (fr.join(" ou "), en.join(" or the "));
        let detail = Text::made(format!("Il faut {fr}."), format!("The {en} is needed."));
        Err(Problem::from(&NOT_ALLOWED).detail(detail))
    }
}
