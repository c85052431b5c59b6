//! What every handler works with.

use crate::access::{Batches, Credentials, Grants, SessionTable, fingerprint_key};
use crate::account::hashing::{Hashing, HashingError};
use crate::account::line::Line;
use crate::config::Config;
use crate::leave::daily::Daily;
use crate::leave::directory::Directory;
use crate::leave::law::Laws;
use axum::extract::FromRef;
use commands::account::{InvalidLockoutPolicy, LockoutPolicy};
use events::Clock;
use journal::{Head, Journal};
use sqlx::PgPool;
use std::ops::Deref;
use std::sync::Arc;
use vault::{Attachments, Vault, VaultError};
use web::command::FingerprintKey;
use web::session::Sessions;

/// The write side of one process; clones share it.
#[derive(Clone, Debug)]
pub struct WriteApi(Arc<Inner>);

/// See [`WriteApi`].
#[derive(Debug)]
pub struct Inner {
    pub(crate) journal: Journal,
    pub(crate) vault: Vault,
    pub(crate) attachments: Attachments,
    pub(crate) clock: Clock,
    pub(crate) config: Config,
    pub(crate) policy: LockoutPolicy,
    pub(crate) hashing: Hashing,
    pub(crate) line: Line,
    pub(crate) credentials: Credentials,
    pub(crate) sessions: SessionTable,
    pub(crate) batches: Batches,
    pub(crate) laws: Laws,
    pub(crate) directory: Directory,
    pub(crate) daily: Daily,
    fingerprint_key: FingerprintKey,
}

/// Why the write side cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The settings make no sense.
    #[error("les réglages des connexions n’ont pas de sens — the settings of logins make no sense")]
    Config(#[from] InvalidLockoutPolicy),
    /// The hash that stands in for absent secrets cannot be made.
    #[error("aucun mot de passe ne peut être haché — no password can be hashed")]
    Hashing(#[from] HashingError),
    /// The key of fingerprints cannot be read.
    #[error("la clé des empreintes ne peut pas être lue — the key of the fingerprints cannot be read")]
    Database(#[from] sqlx::Error),
    /// The key of fingerprints cannot be opened or sealed.
    #[error("la clé des empreintes ne peut pas être ouverte — the key of the fingerprints cannot be opened")]
    Vault(#[from] VaultError),
    /// The key of fingerprints was destroyed in the vault.
    #[error(
        "la clé des empreintes est détruite : videz access.fingerprint_key en tant que propriétaire pour en refaire une — the key of the fingerprints is destroyed: empty access.fingerprint_key as the owner to make another"
    )]
    FingerprintKeyDestroyed,
    /// The operating system gave no random bytes.
    #[error("le système d’exploitation n’a pas donné d’octets aléatoires — the operating system gave no random bytes")]
    Randomness(#[source] getrandom::Error),
}

impl WriteApi {
    /// Opens the write side on a database; `pool` must be of the writer's role, as the journal's and the vault's.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(
        journal: Journal,
        vault: Vault,
        attachments: Attachments,
        pool: PgPool,
        clock: Clock,
        config: Config,
    ) -> Result<Self, OpenError> {
        Ok(Self(Arc::new(Inner {
            fingerprint_key: fingerprint_key(&pool, &vault).await?,
            policy: config.lockout_policy()?,
            hashing: Hashing::new(config.hashing_threads, config.hashing_queue)?,
            line: Line::default(),
            credentials: Credentials::new(pool.clone(), vault.clone()),
            daily: Daily::new(pool.clone()),
            batches: Batches::new(pool.clone(), journal.clone(), vault.clone()),
            sessions: SessionTable::new(pool, journal.clone(), clock.clone(), &config),
            laws: Laws::default(),
            directory: Directory::default(),
            journal,
            vault,
            attachments,
            clock,
            config,
        })))
    }

    /// The journal that everything is recorded in.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.0.journal
    }

    /// Waits until what is queued for the journal is answered.
    pub async fn close(&self) {
        self.0.journal.close().await;
    }

    /// How far the journal has got, for whoever waits for what this side does.
    #[must_use]
    pub fn head(&self) -> Head {
        self.journal.head()
    }

    /// How many passwords this process has compared with a secret, or with what stands in for one where no account
    /// has the name: the value of its `password_comparisons_total`.
    #[must_use]
    pub fn password_comparisons(&self) -> u64 {
        self.hashing.comparisons()
    }
}

impl Deref for WriteApi {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl FromRef<WriteApi> for FingerprintKey {
    fn from_ref(api: &WriteApi) -> Self {
        api.fingerprint_key.clone()
    }
}

impl FromRef<WriteApi> for Arc<dyn Sessions<Grants = Grants>> {
    fn from_ref(api: &WriteApi) -> Self {
        Arc::new(api.sessions.clone())
    }
}

/// A place in the journal, as clients read it.
#[expect(clippy::expect_used, reason = "both hold 63 bits")]
pub(crate) fn position(position: events::Position) -> web::position::Position {
    web::position::Position::new(position.get().unsigned_abs()).expect("a position of 63 bits")
}
