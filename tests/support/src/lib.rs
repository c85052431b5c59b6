//! A database a test on a real PostgreSQL, named by `TEST_DATABASE_URL`; `./intraparis test` starts one. Programs from
//! PyPI that tests hold ours against.

mod bucket;
mod left_out;
mod python;

pub use bucket::Bucket;
pub use left_out::left_out;
pub use python::installed;

mod append;

pub use append::{APPEND_LONE, APPEND_ONE, append};

use migrations::Role;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use std::time::Duration;

/// Serializes the making of the template between test processes: any number that nothing else uses.
const TEMPLATE_LOCK: i64 = 0x1227_0001;

/// A migrated database of one test's own.
///
/// It is left behind: the server that `./intraparis test` starts goes with all it holds.
#[derive(Debug, Clone)]
pub struct Database {
    options: PgConnectOptions,
}

#[expect(clippy::expect_used, reason = "a test cannot go on without its database")]
impl Database {
    /// A migrated, empty database.
    ///
    /// # Panics
    /// Without `TEST_DATABASE_URL`, or when that server cannot make a database.
    pub async fn new() -> Self {
        let server = server();
        let mut connection = server.connect().await.expect("the server that TEST_DATABASE_URL names");
        let template = template(&mut connection, &server).await;
        let name = format!("test_{}", uuid::Uuid::new_v4().simple());
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE {template}")))
            .execute(&mut connection)
            .await
            .expect("a database from the template");
        Self { options: server.database(&name) }
    }

    /// An empty database without any schema.
    ///
    /// # Panics
    /// As [`Database::new`].
    pub async fn empty() -> Self {
        let server = server();
        let mut connection = server.connect().await.expect("the server that TEST_DATABASE_URL names");
        let name = format!("test_{}", uuid::Uuid::new_v4().simple());
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .execute(&mut connection)
            .await
            .expect("a database");
        Self { options: server.database(&name) }
    }

    /// How the owner connects.
    #[must_use]
    pub fn owner_options(&self) -> PgConnectOptions {
        self.options.clone()
    }

    /// A pool of the owner's.
    #[must_use]
    pub fn owner(&self) -> PgPool {
        pool(self.options.clone())
    }

    /// A pool of one of the service's roles.
    #[must_use]
    pub fn pool(&self, role: Role) -> PgPool {
        pool(role.connect(self.options.clone()))
    }

    /// The database as a URL for another process's `DATABASE_URL`.
    #[must_use]
    pub fn url(&self) -> String {
        self.options.to_url_lossy().into()
    }

    /// The same for a new login that is a member of `roles` and of nothing else.
    ///
    /// # Panics
    /// When the server cannot make a login.
    pub async fn url_of_login(&self, roles: &[Role]) -> String {
        let (login, password) = (format!("test_{}", uuid::Uuid::new_v4().simple()), uuid::Uuid::new_v4().to_string());
        let memberships: Vec<&str> = roles.iter().map(|role| role.name()).collect();
        let statement = format!("CREATE ROLE {login} LOGIN PASSWORD '{password}' IN ROLE {}", memberships.join(", "));
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&self.owner()).await.expect("a login");
        self.options.clone().username(&login).password(&password).to_url_lossy().into()
    }
}

#[expect(clippy::expect_used, reason = "a test cannot go on without its server")]
fn server() -> PgConnectOptions {
    std::env::var("TEST_DATABASE_URL")
        .expect("TEST_DATABASE_URL names the server that tests make their databases on; ./intraparis test sets it")
        .parse()
        .expect("TEST_DATABASE_URL is a PostgreSQL URL")
}

fn pool(options: PgConnectOptions) -> PgPool {
    PgPoolOptions::new().max_connections(16).acquire_timeout(Duration::from_secs(30)).connect_lazy_with(options)
}

/// One template for each state of the migrations, so that a changed file is not hidden by an older template.
#[expect(clippy::expect_used, reason = "a test cannot go on without its template")]
async fn template(connection: &mut PgConnection, server: &PgConnectOptions) -> String {
    let name = format!("template_{}", migrations::fingerprint());
    sqlx::query("SELECT pg_advisory_lock($1)").bind(TEMPLATE_LOCK).execute(&mut *connection).await.expect("a lock");
    let known: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind(&name)
        .fetch_one(&mut *connection)
        .await
        .expect("the list of databases");
    if !known {
        let making = format!("{name}_making");
        for statement in [format!("DROP DATABASE IF EXISTS {making}"), format!("CREATE DATABASE {making}")] {
            sqlx::raw_sql(AssertSqlSafe(statement))
                .execute(&mut *connection)
                .await
                .expect("a database for the template");
        }
        let mut inside = server.clone().database(&making).connect().await.expect("the template");
        migrations::run(&mut inside).await.expect("the migrations");
        inside.close().await.expect("the template's connection to close");
        sqlx::raw_sql(AssertSqlSafe(format!("ALTER DATABASE {making} RENAME TO {name}")))
            .execute(&mut *connection)
            .await
            .expect("the template to get its name");
    }
    sqlx::query("SELECT pg_advisory_unlock($1)").bind(TEMPLATE_LOCK).execute(&mut *connection).await.expect("a lock");
    name
}
