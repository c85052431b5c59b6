//! Open sessions, and what they may read.

use crate::config::Config;
use crate::config::GROUPS;
use async_trait::async_trait;
use chrono::TimeDelta;
use events::account::Role;
use events::date::in_paris;
use events::{Clock, Position};
use journal::Grouped;
use projections::account::accounts::RowVersion;
use projections::has_left;
use sqlx::{FromRow, PgConnection, PgPool};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;
use web::session::{Sessions, SignedIn, Unavailable};
use web::token::TokenHash;

/// What the caller of a session may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grants {
    /// The roles of its account, as far as `accounts_v1` shows them; of one who left the service, as far as
    /// `employments_v1` shows it, those for his own affairs.
    pub(crate) roles: BTreeSet<Role>,
    /// The position that `accounts_v1` shows with them.
    pub(crate) shown: Position,
    /// Which row of `accounts_v1` tells them, if there is one.
    pub(crate) row: Option<RowVersion>,
}

impl Grants {
    /// Whether they are for more than one's own affairs.
    pub(crate) fn reach_others(&self) -> bool {
        self.roles.iter().any(|role| *role != Role::Agent)
    }
}

/// The sessions of one database, as the write side keeps them. Reading does not prolong one: this side cannot write.
#[derive(Clone, Debug)]
pub(crate) struct SessionRows {
    pool: PgPool,
    table: Table,
    one_by_one: Grouped<TokenHash, SignedIn<Grants>>,
}

#[derive(Clone, Debug)]
struct Table {
    clock: Clock,
    idle: TimeDelta,
}

/// A session, and what the read models say of whose it is.
#[derive(FromRow)]
struct OpenRow {
    token: Vec<u8>,
    session: Uuid,
    account: Uuid,
    roles: Vec<String>,
    shown: i64,
    made_in: Option<i64>,
    position: Option<i64>,
    /// Whether the read model that tells the roles has halted.
    halted: bool,
    /// Whether one who may reach others has left the service.
    has_left: bool,
}

/// The open sessions of the tokens `$1` on day `$2`, at `$3`, if they were used since `$4`.
const OPEN: &str = concat!(
    "SELECT s.token, s.id AS session, s.account, coalesce(a.roles, '{}') AS roles, coalesce(p.position, 0) AS shown,
            a.tableoid::bigint AS made_in, a.position, p.failed_position IS NOT NULL AS halted,
            CASE WHEN coalesce(a.roles, '{}') <@ '{agent}' THEN false ELSE ",
    has_left!("s.account"),
    " END AS has_left
     FROM access.session s LEFT JOIN projections.accounts_v1 a ON a.account = s.account
          LEFT JOIN projections.projection p ON p.name = 'accounts_v1' AND p.place = 'projections'
     WHERE s.token = ANY ($1) AND s.expires > $3 AND s.last_used_at > $4
       -- Superseded, and its row not deleted: whoever replaced the secret has died before that.
       AND (s.credential = a.credential OR s.opened_at > a.credential_since) IS NOT FALSE"
);

impl SessionRows {
    pub(crate) fn start(pool: PgPool, clock: Clock, config: &Config) -> Self {
        let table = Table { clock, idle: config.session_idle() };
        let one_by_one = Grouped::start(&pool, GROUPS, {
            let table = table.clone();
            move |connection, tokens| {
                let table = table.clone();
                Box::pin(async move { table.open(connection, &tokens).await })
            }
        });
        Self { pool, table, one_by_one }
    }

    /// Of these tokens, those whose session is open; an error while it is not known what they may do.
    pub(crate) async fn open(&self, tokens: &[TokenHash]) -> Result<HashMap<TokenHash, SignedIn<Grants>>, sqlx::Error> {
        self.table.open(&mut *self.pool.acquire().await?, tokens).await
    }
}

impl Table {
    async fn open(
        &self,
        connection: &mut PgConnection,
        tokens: &[TokenHash],
    ) -> Result<HashMap<TokenHash, SignedIn<Grants>>, sqlx::Error> {
        let now = self.clock.now();
        let rows: Vec<OpenRow> = sqlx::query_as(OPEN)
            .bind(tokens.iter().map(|token| token.0.to_vec()).collect::<Vec<_>>())
            .bind(in_paris(now))
            .bind(now)
            .bind(now - self.idle)
            .fetch_all(connection)
            .await?;
        rows.into_iter().map(signed_in).collect()
    }
}

fn signed_in(open: OpenRow) -> Result<(TokenHash, SignedIn<Grants>), sqlx::Error> {
    if open.halted {
        // A role may have been revoked since: nobody is let in on what was.
        return Err(sqlx::Error::Protocol("accounts_v1 has halted, so roles are not known".to_owned()));
    }
    let token = open.token.try_into().map_err(|_| sqlx::Error::Decode("a token's hash has 32 bytes".into()))?;
    let roles = open.roles.iter().map(|role| role.parse()).collect::<Result<BTreeSet<Role>, _>>();
    let mut roles = roles.map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    if open.has_left {
        roles.retain(|role| *role == Role::Agent);
    }
    let shown = Position::new(open.shown).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    let row = open.made_in.zip(open.position).map(|(table, position)| RowVersion::of_columns(table, position));
    let grants = Grants { roles, shown, row: row.transpose()? };
    Ok((TokenHash(token), SignedIn { account: open.account, session: open.session, grants }))
}

#[async_trait]
impl Sessions for SessionRows {
    type Grants = Grants;

    async fn find(&self, token: TokenHash) -> Result<Option<SignedIn<Grants>>, Unavailable> {
        self.one_by_one.get(token).await.map_err(|error| Unavailable(error.into()))
    }
}
