//! What every handler works with.

use crate::account::tags::AccountTags;
use crate::audit::{self, Readings};
use crate::config::{Config, GROUPS};
use crate::freshness::{self, Checkpoints};
use crate::live::Live;
use crate::sessions::{Grants, SessionRows};
use axum::extract::FromRef;
use events::{AccountId, Clock, Position};
use journal::{Grouped, Reader};
use projections::Positions;
use projections::account::accounts::{self, Account};
use projections::leave::ledgers::Laws;
use sqlx::PgPool;
use std::collections::HashMap;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use vault::{Attachments, Vault};
use web::session::Sessions;

/// The read side of one process; clones share it.
#[derive(Clone, Debug)]
pub struct ReadApi {
    pub(crate) reader: Reader,
    pub(crate) vault: Vault,
    pub(crate) attachments: Attachments,
    pub(crate) positions: Positions,
    pub(crate) sessions: Arc<SessionRows>,
    /// An account, if it is there, and the position that this shows.
    pub(crate) accounts: Grouped<AccountId, (Position, Option<Account>)>,
    pub(crate) account_tags: AccountTags,
    pub(crate) readings: Readings,
    pub(crate) checkpoints: Checkpoints,
    pub(crate) live: Live,
    pub(crate) laws: Laws,
    pub(crate) clock: Clock,
    pub(crate) config: Arc<Config>,
}

impl ReadApi {
    /// The read side of a database. `reader` must be of the reader's role, so that nothing here can write.
    ///
    /// `positions` must be told of what the projections show, by a runner of this process or by
    /// [`Positions::follow`] on the same pool. Open event streams end with `stop`. Starts tasks, so it needs a Tokio
    /// runtime.
    #[must_use]
    pub fn new(
        reader: Reader,
        vault: Vault,
        attachments: Attachments,
        positions: Positions,
        clock: Clock,
        config: Config,
        stop: CancellationToken,
    ) -> Self {
        let pool = reader.pool();
        let sessions = Arc::new(SessionRows::start(pool.clone(), clock.clone(), &config));
        let live = Live::start(pool.clone(), positions.clone(), SessionRows::clone(&sessions), &config, stop);
        let accounts = Grouped::start(pool, GROUPS, |connection, ids| {
            Box::pin(async move {
                let (shown, found) = accounts::by_ids(connection, &ids).await?;
                let mut found: HashMap<_, _> = found.into_iter().map(|account| (account.account, account)).collect();
                Ok(ids.into_iter().map(|id| (id, (shown, found.remove(&id)))).collect())
            })
        });
        let readings = audit::declared(pool);
        let checkpoints = freshness::checkpoints(pool);
        let laws = Laws::new(reader.clone());
        Self {
            reader,
            vault,
            attachments,
            positions,
            sessions,
            accounts,
            account_tags: AccountTags::new(),
            readings,
            checkpoints,
            live,
            laws,
            clock,
            config: Arc::new(config),
        }
    }

    pub(crate) const fn pool(&self) -> &PgPool {
        self.reader.pool()
    }
}

impl FromRef<ReadApi> for Arc<dyn Sessions<Grants = Grants>> {
    fn from_ref(api: &ReadApi) -> Self {
        Arc::<SessionRows>::clone(&api.sessions)
    }
}
