//! Open sessions, and what they may do.

use super::roles;
use crate::config::Config;
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use commands::account::{Account, Credential};
use events::account::Role;
use events::{AccountId, Actor, Capacity, Clock, CredentialId, Metadata, SessionId};
use journal::Journal;
use sqlx::PgPool;
use std::collections::BTreeSet;
use uuid::Uuid;
use web::session::{Sessions, SignedIn, Unavailable};
use web::token::TokenHash;

/// What the caller of a session may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grants {
    /// The roles that its account holds now; of one who left the service, those for his own affairs.
    pub roles: BTreeSet<Role>,
}

/// A session to be opened.
pub(crate) struct OpenSession {
    pub(crate) id: SessionId,
    pub(crate) account: AccountId,
    pub(crate) credential: CredentialId,
    pub(crate) token: TokenHash,
}

/// How old `last_used_at` grows before it is written again.
const TOUCH_AFTER: TimeDelta = TimeDelta::minutes(1);

/// The sessions of one database.
#[derive(Clone, Debug)]
pub(crate) struct SessionTable {
    pool: PgPool,
    journal: Journal,
    clock: Clock,
    idle: TimeDelta,
    absolute: TimeDelta,
}

impl SessionTable {
    pub(crate) fn new(pool: PgPool, journal: Journal, clock: Clock, config: &Config) -> Self {
        Self { pool, journal, clock, idle: config.session_idle(), absolute: config.session_absolute() }
    }

    /// Opens a session, and says when it ends at the latest. Those of the account that have ended are deleted.
    ///
    /// It does not wait for the disk: the append that records the login does, and what was committed before it is on the disk
    /// with it. A crash before that append takes a session that nobody got.
    pub(crate) async fn open(&self, session: &OpenSession) -> Result<DateTime<Utc>, sqlx::Error> {
        let now = self.clock.now();
        let expires = now + self.absolute;
        sqlx::query(
            "WITH ended AS (
                DELETE FROM access.session WHERE account = $2 AND (expires <= $5 OR last_used_at <= $7)
            )
            INSERT INTO access.session (id, account, credential, token, opened_at, last_used_at, expires)
            VALUES ($1, $2, $3, $4, $5, $5, $6)
            RETURNING set_config('synchronous_commit', 'off', true)",
        )
        .bind(session.id.as_uuid())
        .bind(session.account.as_uuid())
        .bind(session.credential.as_uuid())
        .bind(&session.token.0[..])
        .bind(now)
        .bind(expires)
        .bind(now - self.idle)
        .execute(&self.pool)
        .await?;
        Ok(expires)
    }

    /// Ends one session.
    pub(crate) async fn end(&self, id: SessionId) -> Result<(), sqlx::Error> {
        sqlx::query("DELETE FROM access.session WHERE id = $1").bind(id.as_uuid()).execute(&self.pool).await?;
        Ok(())
    }

    /// Ends every session of an account that another credential opened than the one now in force.
    pub(crate) async fn end_superseded(&self, account: AccountId, in_force: CredentialId) -> Result<(), sqlx::Error> {
        sqlx::query("DELETE FROM access.session WHERE account = $1 AND credential <> $2")
            .bind(account.as_uuid())
            .bind(in_force.as_uuid())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    async fn row(&self, token: TokenHash) -> Result<Option<(Uuid, Uuid, Uuid)>, sqlx::Error> {
        let now = self.clock.now();
        let row: Option<(Uuid, Uuid, Uuid, DateTime<Utc>)> = sqlx::query_as(
            "SELECT id, account, credential, last_used_at FROM access.session
             WHERE token = $1 AND expires > $2 AND last_used_at > $3",
        )
        .bind(&token.0[..])
        .bind(now)
        .bind(now - self.idle)
        .fetch_optional(&self.pool)
        .await?;
        let Some((id, account, credential, last_used_at)) = row else { return Ok(None) };
        if now - last_used_at >= TOUCH_AFTER.min(self.idle / 2) {
            sqlx::query("UPDATE access.session SET last_used_at = $2 WHERE id = $1")
                .bind(id)
                .bind(now)
                .execute(&self.pool)
                .await?;
        }
        Ok(Some((id, account, credential)))
    }
}

#[async_trait]
impl Sessions for SessionTable {
    type Grants = Grants;

    /// Decides on the account as the journal has it now: a role that was revoked, or a secret that was replaced a
    /// moment ago on another node, no longer counts.
    async fn find(&self, token: TokenHash) -> Result<Option<SignedIn<Grants>>, Unavailable> {
        let Some((session, account, credential)) = self.row(token).await.map_err(|error| Unavailable(error.into()))?
        else {
            return Ok(None);
        };
        let reading = Metadata::new(Actor::Service, Capacity::System, self.clock.now());
        let state = self.journal.unit::<Account>(reading.clone()).fresh_state(account).await;
        let state = state.map_err(|error| Unavailable(error.into()))?.into_inner();
        let in_force = state.credential().map(Credential::id);
        if in_force != Some(CredentialId::from_uuid(credential)) {
            return Ok(None);
        }
        let roles = roles::in_force(&self.journal, reading, AccountId::from_uuid(account), state.roles()).await;
        let roles = roles.map_err(|error| Unavailable(error.into()))?;
        Ok(Some(SignedIn { account, session, grants: Grants { roles } }))
    }
}
