//! An act of somebody's as it arrives: who acts, on what, and what he says.

use crate::WriteApi;
use crate::acting::{Who, keyed};
use axum::extract::{FromRequest, FromRequestParts, Request};
use chrono::{DateTime, Utc};
use events::Metadata;
use events::account::Role;
use serde::Serialize;
use serde::de::DeserializeOwned;
use web::Problem;
use web::command::Command;
use web::path::Path;

/// What a handler of leave is given: `T` is the body, `I` what the path names.
///
/// # Errors
/// Those of [`Who`], [`Path`] and [`Command`], in this order.
pub(super) struct Act<T, I = ()> {
    pub(super) api: WriteApi,
    pub(super) who: Who,
    pub(super) id: I,
    pub(super) command: Command<T>,
    /// When.
    pub(super) at: DateTime<Utc>,
}

impl<T, I> FromRequest<WriteApi> for Act<T, I>
where
    T: DeserializeOwned + Send,
    I: DeserializeOwned + Send,
{
    type Rejection = Problem;

    async fn from_request(request: Request, api: &WriteApi) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let who = Who::from_request_parts(&mut parts, api).await?;
        let Path(id) = Path::from_request_parts(&mut parts, api).await?;
        let command = Command::from_request(Request::from_parts(parts, body), api).await?;
        Ok(Self { api: api.clone(), who, id, command, at: api.clock.now() })
    }
}

impl<T, I> Act<T, I> {
    /// What is recorded of an act on what is the caller's own; the same key again is answered with `outcome`.
    pub(super) fn for_himself(&self, outcome: &impl Serialize) -> Result<Metadata, Problem> {
        keyed(self.who.for_himself(self.at), &self.command, outcome)
    }

    /// What is recorded of an act that `role` allows; the same key again is answered with `outcome`.
    ///
    /// # Errors
    /// 403 `not-allowed` when the caller has not the role.
    pub(super) fn acting_as(&self, role: Role, outcome: &impl Serialize) -> Result<Metadata, Problem> {
        keyed(self.who.acting_as(role, self.at)?, &self.command, outcome)
    }

    /// What is recorded of a decision on somebody's leave.
    pub(super) fn deciding(&self) -> Result<Metadata, Problem> {
        keyed(self.who.deciding(self.at), &self.command, &())
    }
}
