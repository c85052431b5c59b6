//! Who asks, and what is recorded of him.

use crate::access::Grants;
use crate::{WriteApi, problems};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use events::account::Role;
use events::{AccountId, Actor, Capacity, Idempotency, Metadata, SessionId};
use serde::Serialize;
use std::collections::BTreeSet;
use uuid::Uuid;
use web::Problem;
use web::command::Command;
use web::session::Caller;
use web::trace::TraceId;

/// The signed-in caller of a handler.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    pub(crate) account: AccountId,
    pub(crate) session: SessionId,
    pub(crate) roles: BTreeSet<Role>,
    trace: TraceId,
}

impl FromRequestParts<WriteApi> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &WriteApi) -> Result<Self, Problem> {
        let trace = TraceId::from_request_parts(parts, api).await.unwrap_or_else(|never| match never {});
        let Caller { signed_in, .. } = <Caller<Grants> as FromRequestParts<_>>::from_request_parts(parts, api).await?;
        Ok(Self {
            account: AccountId::from_uuid(signed_in.account),
            session: SessionId::from_uuid(signed_in.session),
            roles: signed_in.grants.roles,
            trace,
        })
    }
}

impl Who {
    /// What is recorded of an act that `role` allows.
    ///
    /// # Errors
    /// 403 `not-allowed` when the caller has not the role.
    pub(crate) fn acting_as(&self, role: Role, at: DateTime<Utc>) -> Result<Metadata, Problem> {
        if !self.roles.contains(&role) {
            return Err(problems::role_needed(role));
        }
        Ok(self.metadata(role.capacity(), at))
    }

    /// What is recorded of an act on what is the caller's own.
    pub(crate) fn for_himself(&self, at: DateTime<Utc>) -> Metadata {
        self.metadata(Capacity::Agent, at)
    }

    /// What is recorded of a decision on somebody's leave; by what right it is taken stands in its event.
    pub(crate) fn deciding(&self, at: DateTime<Utc>) -> Metadata {
        let role = [Role::Hr, Role::HrHealth].into_iter().find(|role| self.roles.contains(role));
        self.metadata(role.unwrap_or(Role::Manager).capacity(), at)
    }

    fn metadata(&self, capacity: Capacity, at: DateTime<Utc>) -> Metadata {
        traced(Metadata::new(Actor::Account(self.account), capacity, at), self.trace)
    }
}

/// What is recorded of somebody who has not proved who he is.
pub(crate) fn stranger(at: DateTime<Utc>, trace: TraceId) -> Metadata {
    traced(Metadata::new(Actor::Anonymous, Capacity::Stranger, at), trace)
}

fn traced(metadata: Metadata, trace: TraceId) -> Metadata {
    let id = Uuid::try_parse(&trace.to_string()).map(Uuid::into_bytes);
    Metadata { trace: id.ok(), ..metadata }
}

/// Adds the client's key, and what a repeated request is answered with: `outcome` as JSON, which holds no secret.
///
/// # Errors
/// 500 for an outcome that JSON cannot hold.
pub(crate) fn keyed<T>(
    metadata: Metadata,
    command: &Command<T>,
    outcome: &impl Serialize,
) -> Result<Metadata, Problem> {
    let idempotency = Idempotency {
        key: command.key.as_str().parse().map_err(Problem::internal)?,
        fingerprint: command.fingerprint.0,
        outcome: serde_json::to_vec(outcome).map_err(Problem::internal)?,
    };
    Ok(Metadata { idempotency: Some(idempotency), ..metadata })
}
