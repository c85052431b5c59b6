//! A database of one bench, and how it is connected to.

use crate::cpu::Accounts;
use anyhow::bail;
use migrations::Role;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection};
use std::time::Duration;

/// A database of one bench.
#[derive(Clone, Debug)]
pub struct Database {
    options: PgConnectOptions,
    url: String,
    name: String,
    accounts: Accounts,
}

impl Database {
    /// That of this name on the server at `url`, which connects with `server`.
    pub(super) fn on(server: &PgConnectOptions, url: &str, name: String, accounts: Accounts) -> anyhow::Result<Self> {
        Ok(Self { options: server.clone().database(&name), url: with_database(url, &name)?, name, accounts })
    }

    /// A database that another process made.
    pub fn at(url: &str) -> anyhow::Result<Self> {
        let options: PgConnectOptions = url.parse()?;
        let name = options.get_database().unwrap_or_default().to_owned();
        Ok(Self { options, url: url.to_owned(), name, accounts: Accounts::with(None) })
    }

    /// What it is called on its server.
    pub(super) fn name(&self) -> &str {
        &self.name
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
        options(connections).connect_lazy_with(self.options.clone())
    }

    /// A pool of the owner's whose `connections` are all made: who is measured does not wait for them.
    pub async fn connected(&self, connections: u32) -> anyhow::Result<PgPool> {
        connected(self.options.clone(), connections).await
    }

    /// The same of one of the service's roles.
    pub async fn connected_as(&self, role: Role, connections: u32) -> anyhow::Result<PgPool> {
        connected(role.connect(self.options.clone()), connections).await
    }

    /// A pool of one of the service's roles.
    pub fn pool(&self, role: Role, connections: u32) -> PgPool {
        options(connections).connect_lazy_with(role.connect(self.options.clone()))
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

async fn connected(of: PgConnectOptions, connections: u32) -> anyhow::Result<PgPool> {
    Ok(options(connections).min_connections(connections).connect_with(of).await?)
}

/// As the service's own: a connection is not asked whether it lives before each use.
fn options(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(30))
        .test_before_acquire(false)
}

fn with_database(url: &str, name: &str) -> anyhow::Result<String> {
    let (before, query) = url.split_once('?').map_or((url, None), |(before, query)| (before, Some(query)));
    let Some((scheme, rest)) = before.split_once("://") else { bail!("--server is not a PostgreSQL URL") };
    let authority = rest.split_once('/').map_or(rest, |(authority, _)| authority);
    Ok(format!("{scheme}://{authority}/{name}{}", query.map(|query| format!("?{query}")).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_of_a_url_is_replaced() {
        let replaced = |url| with_database(url, "b").unwrap();
        assert_eq!(replaced("postgresql://u:p@h:1/a?sslmode=disable"), "postgresql://u:p@h:1/b?sslmode=disable");
        assert_eq!(replaced("postgresql:///a?host=/tmp/x"), "postgresql:///b?host=/tmp/x");
        assert_eq!(replaced("postgres://h"), "postgres://h/b");
        assert!(with_database("h/a", "b").is_err());
    }
}
