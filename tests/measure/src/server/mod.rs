//! The one PostgreSQL that everything is measured on, and a database for each bench.

mod database;

pub use database::Database;

use crate::cpu::Accounts;
use anyhow::{Context, ensure};
use journal::embedded::{self, EmbeddedError};
use migrations::Role;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Mutex;
use uuid::Uuid;

/// For the private server, beside the settings of every embedded one: memory for the tables of a bench, connections for
/// contenders that hold two a client, and no checkpoint in the middle of a round.
const SETTINGS: [(&str, &str); 4] =
    [("shared_buffers", "512MB"), ("max_connections", "600"), ("max_wal_size", "8GB"), ("checkpoint_timeout", "30min")];

/// What the name of every database of a bench begins with.
const PREFIX: &str = "intraparis_bench_";
/// The comment by which a database or a role is known to be ours.
const MARK: &str = "made by intraparis bench, which drops it";

/// The SQLSTATE `dependent_objects_still_exist`.
const STILL_USED: &str = "2BP01";

/// Where anybody may make a directory, and no system puts it in memory.
const ON_DISK: &str = "/var/tmp";

/// A PostgreSQL, private or named by the caller.
pub struct Server {
    options: PgConnectOptions,
    url: String,
    private: Option<(embedded::Server, PathBuf)>,
    /// The databases that were made and not dropped yet.
    made: Arc<Mutex<BTreeSet<String>>>,
    /// The service's roles that were made on the caller's server and not dropped yet.
    roles: Mutex<Vec<Role>>,
}

impl Server {
    /// The server at `url`, or a private durable one on the disk that this program stands on, else in `/var/tmp`.
    pub async fn start(url: Option<&str>) -> anyhow::Result<Self> {
        if let Some(url) = url {
            let options: PgConnectOptions = url.parse().context("--server is not a PostgreSQL URL")?;
            return Ok(Self {
                options,
                url: url.to_owned(),
                private: None,
                made: Arc::default(),
                roles: Mutex::default(),
            });
        }
        let (short, ..) = Uuid::new_v4().as_fields();
        let name = format!("bench-postgres-{short:08x}");
        let settings = SETTINGS.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let at = |place: &Path| embedded::Config { settings: settings.clone(), ..embedded::Config::new(place) };
        let mut place = std::env::current_exe()?.with_file_name(&name);
        let server = match embedded::Server::start(&at(&place)).await {
            // As root, PostgreSQL runs as a user who may not enter /root.
            Err(EmbeddedError::Unreachable { .. }) => {
                place = Path::new(ON_DISK).join(name);
                embedded::Server::start(&at(&place)).await?
            }
            started => started?,
        };
        let (options, url) = (server.connect_options(), server.database_url());
        Ok(Self { options, url, private: Some((server, place)), made: Arc::default(), roles: Mutex::default() })
    }

    /// How a superuser, or the caller's role, connects.
    pub fn options(&self) -> PgConnectOptions {
        self.options.clone()
    }

    /// Where the private server keeps its data.
    pub fn place(&self) -> Option<&Path> {
        self.private.as_ref().map(|(_, place)| place.as_path())
    }

    /// Whose processor time is spent here; of a server of the caller's, it is not known.
    pub fn accounts(&self) -> Accounts {
        let postmaster = self.private.as_ref().and_then(|(server, _)| u32::try_from(server.pid()).ok());
        Accounts::with(postmaster)
    }

    /// Drops what a run left behind that was killed, before the first bench is measured for minutes; on the caller's server
    /// makes the service's roles that it lacks, which end with the run.
    ///
    /// # Errors
    /// When the caller's role may not make databases and roles. Naming the databases of the benches' names that are not
    /// ours: all are left as they are. When one of ours is in use, by another run.
    pub async fn clear(&self) -> anyhow::Result<()> {
        let mut connection = self.options.connect().await.context("the server does not answer")?;
        let (may, role): (bool, String) = sqlx::query_as(
            "SELECT rolsuper OR rolcreatedb AND rolcreaterole, quote_ident(rolname) FROM pg_roles WHERE rolname = current_user",
        )
        .fetch_one(&mut connection)
        .await?;
        ensure!(may, "--server: the role {role} may not make databases and roles, which takes CREATEDB and CREATEROLE");
        let found: Vec<(String, bool)> = sqlx::query_as(
            "SELECT quote_ident(datname), shobj_description(oid, 'pg_database') IS NOT DISTINCT FROM $2
             FROM pg_database WHERE starts_with(datname, $1) ORDER BY datname",
        )
        .bind(PREFIX)
        .bind(MARK)
        .fetch_all(&mut connection)
        .await?;
        let foreign: Vec<&str> = found.iter().filter(|(_, ours)| !ours).map(|(name, _)| name.as_str()).collect();
        ensure!(
            foreign.is_empty(),
            "on this server already and not ours, left as they are (drop them, or name another server): {}",
            foreign.join(", ")
        );
        for (name, _) in found {
            let drop = sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE {name}"))).execute(&mut connection).await;
            drop.with_context(|| format!("{name}, of another run, cannot be dropped: does that run still measure?"))?;
            eprintln!("dropped {name}, which another run had left behind");
        }
        if self.private.is_none() {
            let mut roles = self.roles.lock().await;
            for role in Role::ALL {
                if make_role(&mut connection, role).await? {
                    roles.push(role);
                }
            }
        }
        Ok(connection.close().await?)
    }

    /// Makes an empty database for a bench.
    ///
    /// # Errors
    /// When one of that name is there: it is not ours, or not empty, and is left as it is.
    pub async fn database(&self, bench: &str) -> anyhow::Result<Database> {
        let name = format!("{PREFIX}{bench}");
        // To its end, also when this run is told to stop meanwhile: what is made is dropped.
        tokio::spawn(make(self.options.clone(), Arc::clone(&self.made), name.clone())).await??;
        Database::on(&self.options, &self.url, name, self.accounts())
    }

    /// Drops a database that [`Server::database`] made.
    pub async fn drop(&self, database: Database) -> anyhow::Result<()> {
        let mut made = self.made.lock().await;
        drop_database(&self.options, database.name()).await?;
        made.remove(database.name());
        Ok(())
    }

    /// Stops the private server and removes its directory; drops from the caller's what was made on it.
    pub async fn stop(self) -> anyhow::Result<()> {
        for name in std::mem::take(&mut *self.made.lock().await) {
            drop_database(&self.options, &name).await?;
        }
        let roles = std::mem::take(&mut *self.roles.lock().await);
        if !roles.is_empty() {
            let mut connection = self.options.connect().await?;
            for role in roles {
                drop_role(&mut connection, role).await?;
            }
            connection.close().await?;
        }
        if let Some((server, place)) = self.private {
            server.stop().await?;
            fs::remove_dir_all(&place).with_context(|| format!("cannot remove {}", place.display()))?;
        }
        Ok(())
    }
}

/// Makes an empty database that bears our mark.
async fn make(options: PgConnectOptions, made: Arc<Mutex<BTreeSet<String>>>, name: String) -> anyhow::Result<()> {
    let mut made = made.lock().await;
    let mut connection = options.connect().await.context("the server does not answer")?;
    let taken: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind(&name)
        .fetch_one(&mut connection)
        .await?;
    ensure!(!taken, "the database {name} is on this server already, not empty or not ours: it is left as it is");
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await?;
    made.insert(name.clone());
    let mark = format!("COMMENT ON DATABASE {name} IS '{MARK}'");
    sqlx::raw_sql(AssertSqlSafe(mark)).execute(&mut connection).await?;
    Ok(connection.close().await?)
}

/// Makes a role of the service's that bears our mark, or takes over the one of a run that was killed. Whether it is ours.
async fn make_role(connection: &mut PgConnection, role: Role) -> anyhow::Result<bool> {
    let name = role.name();
    let ours: Option<bool> = sqlx::query_scalar(
        "SELECT shobj_description(oid, 'pg_authid') IS NOT DISTINCT FROM $2 FROM pg_roles WHERE rolname = $1",
    )
    .bind(name)
    .bind(MARK)
    .fetch_optional(&mut *connection)
    .await?;
    if ours.is_none() {
        let make = format!("CREATE ROLE {name} NOLOGIN; COMMENT ON ROLE {name} IS '{MARK}'");
        sqlx::raw_sql(AssertSqlSafe(make)).execute(connection).await?;
    }
    Ok(ours.unwrap_or(true))
}

/// Drops a role, unless another database has come to use it meanwhile.
async fn drop_role(connection: &mut PgConnection, role: Role) -> anyhow::Result<()> {
    let name = role.name();
    match sqlx::raw_sql(AssertSqlSafe(format!("DROP ROLE {name}"))).execute(connection).await {
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(STILL_USED) => {
            eprintln!("left the role {name}: another database uses it");
            Ok(())
        }
        dropped => Ok(dropped.map(drop)?),
    }
}

async fn drop_database(options: &PgConnectOptions, name: &str) -> anyhow::Result<()> {
    let mut connection = options.connect().await?;
    sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).execute(&mut connection).await?;
    Ok(connection.close().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Server {
        /// Its URL, for another run on it.
        pub(crate) fn url(&self) -> &str {
            &self.url
        }

        /// Executes what somebody else might.
        pub(crate) async fn plant(&self, statement: &'static str) {
            let mut connection = self.options.connect().await.unwrap();
            sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
        }
    }

    async fn there(server: &Server) -> Vec<String> {
        let mut connection = server.options().connect().await.unwrap();
        sqlx::query_scalar("SELECT datname::text FROM pg_database WHERE starts_with(datname, $1)")
            .bind(PREFIX)
            .fetch_all(&mut connection)
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn a_database_that_is_not_ours_is_named_and_left_as_it_is() {
        let server = Server::start(None).await.unwrap();
        server.clear().await.unwrap();
        server.plant("CREATE DATABASE intraparis_bench_appends").await;

        let told = server.clear().await.unwrap_err().to_string();
        assert!(told.contains("intraparis_bench_appends") && told.contains("left as they are"), "{told}");
        let told = server.database("appends").await.unwrap_err().to_string();
        assert!(told.contains("intraparis_bench_appends") && told.contains("left as it is"), "{told}");

        assert_eq!(there(&server).await, ["intraparis_bench_appends"]);
        server.stop().await.unwrap();
    }

    #[tokio::test]
    async fn what_a_killed_run_left_behind_is_ours_and_is_dropped() {
        let server = Server::start(None).await.unwrap();
        let killed = Server::start(Some(&server.url)).await.unwrap();
        let left = killed.database("appends").await.unwrap();
        let measuring = server.options().database(left.name()).connect().await.unwrap();
        let told = server.clear().await.unwrap_err().to_string();
        assert!(told.contains("does that run still measure"), "{told}");
        measuring.close().await.unwrap();
        server.clear().await.unwrap();
        assert_eq!(there(&server).await, Vec::<String>::new());
        server.stop().await.unwrap();
    }

    async fn roles(server: &Server) -> Vec<String> {
        let mut connection = server.options().connect().await.unwrap();
        sqlx::query_scalar(
            "SELECT rolname::text FROM pg_roles WHERE starts_with(rolname, 'intraparis_') ORDER BY rolname",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap()
    }

    #[tokio::test]
    async fn who_stops_drops_what_he_made_on_the_callers_server() {
        let server = Server::start(None).await.unwrap();
        let killed = Server::start(Some(&server.url)).await.unwrap();
        killed.clear().await.unwrap();
        drop(killed);
        let run = Server::start(Some(&server.url)).await.unwrap();
        run.clear().await.unwrap();
        run.database("appends").await.unwrap().migrate().await.unwrap();
        assert_eq!(there(&server).await, ["intraparis_bench_appends"]);
        assert_eq!(roles(&server).await.len(), Role::ALL.len());
        run.stop().await.unwrap();
        assert_eq!(there(&server).await, Vec::<String>::new());
        assert_eq!(roles(&server).await, Vec::<String>::new(), "also those of the run that was killed");
        server.stop().await.unwrap();
    }

    #[tokio::test]
    async fn a_role_that_was_there_before_is_left() {
        let server = Server::start(None).await.unwrap();
        server.plant("CREATE ROLE intraparis_reader").await;
        let run = Server::start(Some(&server.url)).await.unwrap();
        run.clear().await.unwrap();
        run.stop().await.unwrap();
        assert_eq!(roles(&server).await, ["intraparis_reader"]);
        server.stop().await.unwrap();
    }

    #[tokio::test]
    async fn a_role_that_may_make_nothing_is_named() {
        let server = Server::start(None).await.unwrap();
        server
            .plant("CREATE ROLE nobody LOGIN PASSWORD 'nobody'; CREATE ROLE maker LOGIN PASSWORD 'maker' CREATEDB")
            .await;
        for name in ["nobody", "maker"] {
            let options = server.options.clone().username(name).password(name);
            let run = Server { options, ..Server::start(Some(&server.url)).await.unwrap() };
            let told = run.clear().await.unwrap_err().to_string();
            assert!(told.contains(name) && told.contains("CREATEROLE"), "{told}");
        }
        assert_eq!(roles(&server).await, Vec::<String>::new());
        server.stop().await.unwrap();
    }
}
