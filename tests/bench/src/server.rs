//! The one PostgreSQL that everything is measured on, and a database for each bench.

use crate::cpu::Accounts;
use anyhow::{Context, bail, ensure};
use journal::embedded;
use migrations::Role;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// For the private server, beside the settings of every embedded one: memory for the tables of a bench, connections for
/// contenders that hold two a client, and no checkpoint in the middle of a round.
const SETTINGS: [(&str, &str); 4] =
    [("shared_buffers", "512MB"), ("max_connections", "600"), ("max_wal_size", "8GB"), ("checkpoint_timeout", "30min")];

/// What the name of every database of a bench begins with.
const PREFIX: &str = "intraparis_bench_";

/// A PostgreSQL, private or named by the caller.
pub struct Server {
    options: PgConnectOptions,
    url: String,
    private: Option<(embedded::Server, PathBuf)>,
}

impl Server {
    /// The server at `url`, or a private durable one on the disk that this program stands on.
    pub async fn start(url: Option<&str>) -> anyhow::Result<Self> {
        if let Some(url) = url {
            let options: PgConnectOptions = url.parse().context("--server is not a PostgreSQL URL")?;
            return Ok(Self { options, url: url.to_owned(), private: None });
        }
        let place = std::env::current_exe()?.with_file_name(format!("bench-postgres-{}", std::process::id()));
        let settings = SETTINGS.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let config = embedded::Config { settings, ..embedded::Config::new(&place) };
        let server = embedded::Server::start(&config).await?;
        Ok(Self { options: server.connect_options(), url: server.database_url(), private: Some((server, place)) })
    }

    /// How a superuser, or the caller's role, connects.
    pub fn options(&self) -> PgConnectOptions {
        self.options.clone()
    }

    /// Whose processor time is spent here; of a server of the caller's, it is not known.
    pub fn accounts(&self) -> Accounts {
        let postmaster = self.private.as_ref().and_then(|(server, _)| u32::try_from(server.pid()).ok());
        Accounts::with(postmaster)
    }

    /// Makes sure that no database of the benches' names is there, before the first of them is measured for minutes.
    ///
    /// # Errors
    /// Naming those that are there: they are not ours, or not empty, and are left as they are.
    pub async fn vacant(&self) -> anyhow::Result<()> {
        let mut connection = self.options.connect().await.context("the server does not answer")?;
        let taken: Vec<String> =
            sqlx::query_scalar("SELECT datname::text FROM pg_database WHERE starts_with(datname, $1) ORDER BY datname")
                .bind(PREFIX)
                .fetch_all(&mut connection)
                .await?;
        connection.close().await?;
        ensure!(
            taken.is_empty(),
            "on this server already, not empty or not ours, left as they are (drop them, or name another server): {}",
            taken.join(", ")
        );
        Ok(())
    }

    /// Makes an empty database for a bench.
    ///
    /// # Errors
    /// When one of that name is there: it is not ours, or not empty, and is left as it is.
    pub async fn database(&self, bench: &str) -> anyhow::Result<Database> {
        let name = format!("{PREFIX}{bench}");
        let mut connection = self.options.connect().await.context("the server does not answer")?;
        let taken: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(&name)
            .fetch_one(&mut connection)
            .await?;
        ensure!(!taken, "the database {name} is on this server already, not empty or not ours: it is left as it is");
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await?;
        connection.close().await?;
        let (options, url) = (self.options.clone().database(&name), with_database(&self.url, &name)?);
        Ok(Database { options, url, name, accounts: self.accounts() })
    }

    /// Drops a database that [`Server::database`] made.
    pub async fn drop(&self, database: Database) -> anyhow::Result<()> {
        let mut connection = self.options.connect().await?;
        let drop = format!("DROP DATABASE {} WITH (FORCE)", database.name);
        sqlx::raw_sql(AssertSqlSafe(drop)).execute(&mut connection).await?;
        Ok(())
    }

    /// Stops the private server and removes its directory; leaves the caller's alone.
    pub async fn stop(self) -> anyhow::Result<()> {
        if let Some((server, place)) = self.private {
            server.stop().await?;
            fs::remove_dir_all(&place).with_context(|| format!("cannot remove {}", place.display()))?;
        }
        Ok(())
    }
}

fn with_database(url: &str, name: &str) -> anyhow::Result<String> {
    let (before, query) = url.split_once('?').map_or((url, None), |(before, query)| (before, Some(query)));
    let Some((scheme, rest)) = before.split_once("://") else { bail!("--server is not a PostgreSQL URL") };
    let authority = rest.split_once('/').map_or(rest, |(authority, _)| authority);
    Ok(format!("{scheme}://{authority}/{name}{}", query.map(|query| format!("?{query}")).unwrap_or_default()))
}

/// A database of one bench.
#[derive(Clone, Debug)]
pub struct Database {
    options: PgConnectOptions,
    url: String,
    name: String,
    accounts: Accounts,
}

impl Database {
    /// A database that another process made.
    pub fn at(url: &str) -> anyhow::Result<Self> {
        let options: PgConnectOptions = url.parse()?;
        let name = options.get_database().unwrap_or_default().to_owned();
        Ok(Self { options, url: url.to_owned(), name, accounts: Accounts::with(None) })
    }

    /// Whose processor time is spent on it.
    pub const fn accounts(&self) -> Accounts {
        self.accounts
    }

    /// As a URL, for other libraries and programs.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A pool of the owner's, of at most `connections`.
    pub fn owner(&self, connections: u32) -> PgPool {
        pool(self.options.clone(), connections)
    }

    /// A pool of one of the service's roles.
    pub fn pool(&self, role: Role, connections: u32) -> PgPool {
        pool(role.connect(self.options.clone()), connections)
    }

    /// Brings our schema in.
    pub async fn migrate(&self) -> anyhow::Result<()> {
        let mut connection = self.options.connect().await?;
        migrations::run(&mut connection).await?;
        Ok(connection.close().await?)
    }

    /// Executes statements as the owner.
    pub async fn execute(&self, statements: &'static str) -> anyhow::Result<()> {
        let mut connection = self.options.connect().await?;
        sqlx::raw_sql(statements).execute(&mut connection).await?;
        Ok(connection.close().await?)
    }
}

fn pool(options: PgConnectOptions, connections: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(30))
        .connect_lazy_with(options)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::Arguments;
    use clap::Parser;

    #[tokio::test]
    async fn a_database_that_is_there_is_named_and_left_as_it_is() {
        let server = Server::start(None).await.unwrap();
        server.vacant().await.unwrap();
        let theirs = server.database("appends").await.unwrap();
        theirs.execute("CREATE TABLE theirs (n int); INSERT INTO theirs VALUES (7)").await.unwrap();

        let told = server.vacant().await.unwrap_err().to_string();
        assert!(told.contains("intraparis_bench_appends") && told.contains("left as they are"), "{told}");
        let told = server.database("appends").await.unwrap_err().to_string();
        assert!(told.contains("intraparis_bench_appends") && told.contains("left as it is"), "{told}");
        let kept: i32 = sqlx::query_scalar("SELECT n FROM theirs").fetch_one(&theirs.owner(1)).await.unwrap();
        assert_eq!(kept, 7);

        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().to_str().unwrap();
        let arguments = ["bench", "cycles", "--server", &server.url, "--output", output];
        let told = crate::run(Arguments::parse_from(arguments)).await.unwrap_err().to_string();
        assert!(told.contains("intraparis_bench_appends"), "before another bench is measured: {told}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was measured");
        let there: Vec<String> =
            sqlx::query_scalar("SELECT datname::text FROM pg_database WHERE starts_with(datname, $1)")
                .bind(PREFIX)
                .fetch_all(&theirs.owner(1))
                .await
                .unwrap();
        assert_eq!(there, ["intraparis_bench_appends"]);
        server.stop().await.unwrap();
    }

    #[test]
    fn the_database_of_a_url_is_replaced() {
        let replaced = |url| with_database(url, "b").unwrap();
        assert_eq!(replaced("postgresql://u:p@h:1/a?sslmode=disable"), "postgresql://u:p@h:1/b?sslmode=disable");
        assert_eq!(replaced("postgresql:///a?host=/tmp/x"), "postgresql:///b?host=/tmp/x");
        assert_eq!(replaced("postgres://h"), "postgres://h/b");
        assert!(with_database("h/a", "b").is_err());
    }
}
