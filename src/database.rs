//! The database that everything is kept in: a private server in the data directory, or the one that is named.

use crate::config::{Attachments as Settings, Config};
use futures::future::join_all;
use journal::embedded::{self, EmbeddedError, Server};
use migrations::{Role, SchemaError};
use secrecy::ExposeSecret;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection};
use std::borrow::Cow;
use std::future::pending;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use vault::{Attachments, AttachmentsError, BucketAccess, MasterKey, MasterKeyError, Vault, VaultError};

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
    #[error("la base de données est inutilisable — the database cannot be used")]
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
    /// The file of the master key is gone, and what it sealed is not.
    #[error(
        "la clé maîtresse {path} manque, et cette base contient des données qu’elle seule ouvre : restaurez ce fichier depuis sa sauvegarde, ou donnez la clé dans vault.master_key (INTRAPARIS_VAULT__MASTER_KEY) ; rien n’a été écrit — the master key {path} is missing, and this database holds data that it alone opens: restore this file from its backup, or give the key in vault.master_key (INTRAPARIS_VAULT__MASTER_KEY); nothing was written",
        path = .0.display()
    )]
    MasterKeyLost(PathBuf),
    /// The vault cannot be asked.
    #[error(transparent)]
    Vault(#[from] VaultError),
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
        if let Some(server) = &private {
            admit(server, &mut connection).await?;
        }
        connection.close().await?;
        Ok(Self { options, private, connections, pools: Mutex::default() })
    }

    /// A pool of one of the service's roles. A private server's logs in as the role itself.
    #[must_use]
    pub fn pool(&self, role: Role) -> PgPool {
        let options = match &self.private {
            Some(server) => server.login_options(role.name()).database(NAME),
            None => self.options.clone(),
        };
        let pool = self.lazy(role.connect(options));
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

/// Lets each role of the service log in to a private server: a connection that logged in as the superuser to take a role
/// could give the role back, and own everything.
async fn admit(server: &Server, superuser: &mut PgConnection) -> Result<(), DatabaseError> {
    for role in Role::ALL.map(Role::name) {
        let may_log_in: bool = sqlx::query_scalar("SELECT rolcanlogin FROM pg_roles WHERE rolname = $1")
            .bind(role)
            .fetch_one(&mut *superuser)
            .await?;
        if may_log_in && takes_password(server, role).await? {
            continue;
        }
        let verifier = server.login_verifier(role)?;
        let mut transaction = superuser.begin().await?;
        // Two processes that change a role at once are an error of PostgreSQL.
        transaction.execute("SELECT pg_advisory_xact_lock(hashtext('intraparis logins'))").await?;
        transaction.execute(AssertSqlSafe(format!("ALTER ROLE {role} LOGIN PASSWORD '{verifier}'"))).await?;
        transaction.commit().await?;
    }
    Ok(())
}

/// Whether the role's password is the one of this data directory: it is another's after a restored dump.
async fn takes_password(server: &Server, role: &str) -> Result<bool, sqlx::Error> {
    match server.login_options(role).database(NAME).connect().await {
        Ok(connection) => connection.close().await.map(|()| true),
        Err(error) if code(&error).as_deref() == Some("28P01") => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether another process has made the database since it was looked for: duplicate_database, or unique_violation when
/// both were at it.
fn made_meanwhile(error: &sqlx::Error) -> bool {
    matches!(code(error).as_deref(), Some("42P04" | "23505"))
}

fn code(error: &sqlx::Error) -> Option<Cow<'_, str>> {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code)
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
/// As [`master_key`].
pub async fn vault(config: &Config, pool: PgPool) -> Result<Vault, DatabaseError> {
    let former = config.vault.former_master_key.expose_secret();
    let former = if former.is_empty() { Vec::new() } else { vec![former.parse()?] };
    let master = master_key(config, &pool).await?;
    Ok(Vault::with_former(pool, master, former))
}

/// The master key that the settings give, or the one in the data directory, made for a database that none has sealed yet
/// and for a rotation, where the former one is given.
///
/// # Errors
/// [`DatabaseError::MasterKey`], [`DatabaseError::MasterKeyLost`], [`DatabaseError::DataDirectory`],
/// [`DatabaseError::Vault`].
pub async fn master_key(config: &Config, pool: &PgPool) -> Result<MasterKey, DatabaseError> {
    let given = config.vault.master_key.expose_secret();
    if !given.is_empty() {
        return Ok(given.parse()?);
    }
    let folder = &config.database.data_dir;
    let file = folder.join("master.key");
    let missing = || file.try_exists().is_ok_and(|exists| !exists);
    // Looked for again once the database was asked: whoever has sealed meanwhile has made the file before.
    let first = missing() && config.vault.former_master_key.expose_secret().is_empty();
    if first && Vault::holds_keys(pool).await? && missing() {
        return Err(DatabaseError::MasterKeyLost(file));
    }
    std::fs::create_dir_all(folder).map_err(|source| DatabaseError::DataDirectory { path: folder.clone(), source })?;
    Ok(MasterKey::load_or_create(&file)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::SecretString;
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;
    use tempfile::TempDir;

    fn data_dir() -> (TempDir, Config) {
        let shared = Permissions::from_mode(0o755);
        let folder = tempfile::Builder::new().prefix("intraparis-").permissions(shared).tempdir().unwrap();
        let mut config = Config::default();
        config.database.url = SecretString::default();
        config.database.data_dir = folder.path().to_owned();
        (folder, config)
    }

    #[tokio::test]
    async fn no_connection_of_a_pool_becomes_superuser() {
        let (_folder, config) = data_dir();
        let database = Database::open(&config).await.unwrap();
        for role in Role::ALL {
            let pool = database.pool(role);
            let mut connection = pool.acquire().await.unwrap();
            for way in [
                "RESET ROLE",
                "SET ROLE NONE",
                "RESET SESSION AUTHORIZATION",
                "SET ROLE postgres",
                "SET SESSION AUTHORIZATION postgres",
            ] {
                let refused = connection.execute(way).await.is_err();
                let (user, superuser): (String, String) =
                    sqlx::query_as("SELECT session_user::text, current_setting('is_superuser')")
                        .fetch_one(&mut *connection)
                        .await
                        .unwrap();
                assert_eq!((&*user, &*superuser), (role.name(), "off"), "{way}");
                assert_eq!(refused, way.ends_with("postgres"), "{way}");
            }
        }
        database.close().await.unwrap();
    }

    #[tokio::test]
    async fn a_master_key_that_is_gone_is_asked_back_and_no_other_made() {
        let (folder, config) = data_dir();
        let database = Database::open(&config).await.unwrap();
        let pool = database.pool(Role::Writer);
        let name = events::username::LoginName::typed("camille.durand");
        let made = vault(&config, pool.clone()).await.unwrap().pseudonym(&name).await.unwrap();

        let (file, away) = (folder.path().join("master.key"), folder.path().join("away"));
        std::fs::rename(&file, &away).unwrap();
        let refused = vault(&config, pool.clone()).await.unwrap_err().to_string();
        assert!(refused.contains(&file.display().to_string()), "{refused}");
        assert!(refused.contains("restaurez ce fichier") && refused.contains("restore this file"), "{refused}");
        assert!(!file.exists(), "no other key is made");
        let reader = vault(&config, database.pool(Role::Reader)).await;
        assert!(matches!(reader, Err(DatabaseError::MasterKeyLost(_))), "{reader:?}");

        std::fs::rename(&away, &file).unwrap();
        assert_eq!(vault(&config, pool).await.unwrap().pseudonym(&name).await.unwrap(), made);
        database.close().await.unwrap();
    }

    #[tokio::test]
    async fn a_password_is_in_no_log_of_postgresql_whatever_it_logs() {
        let (folder, config) = data_dir();
        let database = Database::open(&config).await.unwrap();
        let mut superuser = database.options.connect().await.unwrap();
        superuser.execute("ALTER SYSTEM SET log_statement = 'all'").await.unwrap();
        for role in Role::ALL.map(Role::name) {
            superuser.execute(AssertSqlSafe(format!("ALTER ROLE {role} NOLOGIN PASSWORD NULL"))).await.unwrap();
        }
        superuser.close().await.unwrap();
        database.close().await.unwrap();

        let again = Database::open(&config).await.unwrap();
        let passwords = Role::ALL.map(|role| again.private.as_ref().unwrap().login_password(role.name()));
        for role in Role::ALL {
            again.pool(role).execute("SELECT 1").await.unwrap();
        }
        again.close().await.unwrap();
        let logs = std::fs::read_dir(folder.path().join("postgres/log")).unwrap();
        let logged: String = logs.map(|log| std::fs::read_to_string(log.unwrap().path()).unwrap()).collect();
        assert!(logged.contains("ALTER ROLE intraparis_writer LOGIN PASSWORD"), "{logged}");
        assert!(passwords.iter().all(|password| !logged.contains(password)));
    }

    #[tokio::test]
    async fn a_data_directory_of_before_and_a_restored_dump_are_given_their_logins() {
        let (_folder, config) = data_dir();
        for found in ["NOLOGIN PASSWORD NULL", "LOGIN PASSWORD NULL", "LOGIN PASSWORD 'of another directory'"] {
            let database = Database::open(&config).await.unwrap();
            let mut superuser = database.options.connect().await.unwrap();
            for role in Role::ALL.map(Role::name) {
                superuser.execute(AssertSqlSafe(format!("ALTER ROLE {role} {found}"))).await.unwrap();
            }
            superuser.close().await.unwrap();
            database.close().await.unwrap();

            let again = Database::open(&config).await.unwrap();
            for role in Role::ALL {
                again.pool(role).execute("SELECT 1").await.unwrap();
            }
            again.close().await.unwrap();
        }
    }
}
