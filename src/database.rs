//! The database that everything is kept in: a private server in the data directory, or the one that is named.

use crate::config::{Attachments as Settings, Config};
use futures::future::join_all;
use journal::embedded::{self, EmbeddedError, Server};
use migrations::{Role, SchemaError};
use secrecy::ExposeSecret;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor};
use std::future::pending;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use vault::{Attachments, AttachmentsError, BucketAccess, MasterKey, MasterKeyError, Vault};

/// The name of our database in a private server.
const NAME: &str = "intraparis";

/// How long a request waits for a connection before it is told to come back.
const ACQUIRE: Duration = Duration::from_secs(5);

/// For how long a connection is believed to live after the pool has asked it.
const FRESH: Duration = Duration::from_secs(1);

/// How long the pools may take to close.
const CLOSE: Duration = Duration::from_secs(2);

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The private server.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// `database.url` is not a URL of PostgreSQL. Its text is not shown: it may hold a password.
    #[error("database.url n’est pas une URL de PostgreSQL — database.url is not a URL of PostgreSQL")]
    Url,
    /// `database.url` is of something else.
    #[error(
        "une URL de PostgreSQL commence par postgresql:// — database.url begins with {scheme}://, and a URL of PostgreSQL with postgresql://"
    )]
    Scheme {
        /// What it begins with.
        scheme: String,
    },
    /// The server does not answer, or not to us.
    #[error("la base de données ne peut pas servir — the database cannot be used")]
    Unavailable(#[from] sqlx::Error),
    /// The schema is not this build's.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The data directory cannot be made.
    #[error("création impossible du dossier de données — cannot make the data directory {}", path.display())]
    DataDirectory {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The master key cannot be used.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
}

/// An open database, migrated.
#[derive(Debug)]
pub struct Database {
    options: PgConnectOptions,
    private: Option<Server>,
    connections: u32,
    /// Those that were handed out, to be closed before the server is.
    pools: Mutex<Vec<PgPool>>,
}

impl Database {
    /// Opens the database that the settings name, and brings it to this build's schema.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub async fn open(config: &Config) -> Result<Self, DatabaseError> {
        let url = config.database.url.expose_secret();
        if url.is_empty() {
            let data = config.database.data_dir.join("postgres");
            let server = Server::start(&embedded::Config::new(data)).await?;
            return Self::private(server, config.database.connections).await;
        }
        match url.split_once("://") {
            Some(("postgres" | "postgresql", _)) => {}
            Some((scheme, _)) => return Err(DatabaseError::Scheme { scheme: scheme.to_owned() }),
            None => return Err(DatabaseError::Url),
        }
        let options = PgConnectOptions::from_str(url).map_err(|_| DatabaseError::Url)?;
        Self::migrated(options, None, config.database.connections).await
    }

    /// Opens a database that is gone when the process ends.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub async fn temporary(fallback: &Path, connections: u32) -> Result<Self, DatabaseError> {
        Self::private(Server::start_temporary(fallback, Vec::new()).await?, connections).await
    }

    async fn private(server: Server, connections: u32) -> Result<Self, DatabaseError> {
        let options = server.connect_options();
        let mut connection = options.connect().await?;
        let known: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(NAME)
            .fetch_one(&mut connection)
            .await?;
        if !known
            && let Err(error) = connection.execute("CREATE DATABASE intraparis").await
            && !made_meanwhile(&error)
        {
            return Err(error.into());
        }
        connection.close().await?;
        Self::migrated(options.database(NAME), Some(server), connections).await
    }

    async fn migrated(
        options: PgConnectOptions,
        private: Option<Server>,
        connections: u32,
    ) -> Result<Self, DatabaseError> {
        let mut connection = options.connect().await?;
        migrations::run(&mut connection).await?;
        connection.close().await?;
        Ok(Self { options, private, connections, pools: Mutex::default() })
    }

    /// A pool of one of the service's roles.
    #[must_use]
    pub fn pool(&self, role: Role) -> PgPool {
        let pool = self.lazy(role.connect(self.options.clone()));
        self.pools.lock().unwrap_or_else(PoisonError::into_inner).push(pool.clone());
        pool
    }

    fn lazy(&self, options: PgConnectOptions) -> PgPool {
        PgPoolOptions::new()
            .max_connections(self.connections)
            .acquire_timeout(ACQUIRE)
            // The pool has asked it whether it lives when it took it back; it is asked again only when that is long ago.
            .test_before_acquire(false)
            .before_acquire(|connection, kept| {
                Box::pin(async move {
                    if kept.idle_for > FRESH {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_lazy_with(options)
    }

    /// Keeps a private server that another process owns, for as long as there is one to be had: [`Server::keep`]. Comes
    /// when one of our own has died, or when none can be had.
    pub async fn keep(&mut self) -> EmbeddedError {
        match &mut self.private {
            Some(server) => server.keep().await,
            None => pending().await,
        }
    }

    /// Closes every pool, and stops a private server if this process owns it.
    ///
    /// # Errors
    /// [`DatabaseError::Embedded`].
    pub async fn close(self) -> Result<(), DatabaseError> {
        let pools = self.pools.into_inner().unwrap_or_else(PoisonError::into_inner);
        // A connection that is not given back by then ends with the server.
        let _ = tokio::time::timeout(CLOSE, join_all(pools.iter().map(PgPool::close))).await;
        match self.private {
            Some(server) => Ok(server.stop().await?),
            None => Ok(()),
        }
    }
}

/// Whether another process has made the database since it was looked for: duplicate_database, or unique_violation when
/// both were at it.
fn made_meanwhile(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    matches!(code.as_deref(), Some("42P04" | "23505"))
}

/// Where sealed files are kept: the store that the settings name, or a folder in the data directory.
///
/// # Errors
/// [`AttachmentsError`] for an address that is none.
pub fn attachments(config: &Config, vault: Vault) -> Result<Attachments, AttachmentsError> {
    let Settings { url, region, endpoint, access_key_id, secret_access_key } = config.attachments.clone();
    if url.is_empty() {
        return Attachments::in_folder(vault, &std::path::absolute(config.database.data_dir.join("attachments"))?);
    }
    let access = BucketAccess { region, endpoint, access_key_id, secret_access_key };
    Attachments::open(vault, &url, &access)
}

/// A vault on these connections, which opens what the master key of before wrapped too.
///
/// # Errors
/// [`DatabaseError::MasterKey`].
pub fn vault(config: &Config, pool: PgPool) -> Result<Vault, DatabaseError> {
    let former = config.vault.former_master_key.expose_secret();
    let former = if former.is_empty() { Vec::new() } else { vec![former.parse()?] };
    Ok(Vault::with_former(pool, master_key(config)?, former))
}

/// The master key that the settings give, or the one in the data directory.
///
/// # Errors
/// [`DatabaseError::MasterKey`].
pub fn master_key(config: &Config) -> Result<MasterKey, DatabaseError> {
    let given = config.vault.master_key.expose_secret();
    if !given.is_empty() {
        return Ok(given.parse()?);
    }
    let folder = &config.database.data_dir;
    std::fs::create_dir_all(folder).map_err(|source| DatabaseError::DataDirectory { path: folder.clone(), source })?;
    Ok(MasterKey::load_or_create(&folder.join("master.key"))?)
}
