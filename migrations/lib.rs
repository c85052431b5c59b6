//! The schema, in order, forward only; and the database roles that the service connects as.
//!
//! The login role that migrates owns everything. The service itself connects with one of the roles of [`Role`],
//! each of which can do what its part of the service does and nothing else.

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgConnection};

static MIGRATOR: Migrator = sqlx::migrate!("../migrations");

/// A role of the service in the database. The owner is not among them: it migrates and rebuilds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Appends through the journal's function; keeps credentials, sessions and the vault's keys.
    Writer,
    /// Reads the journal and the read models.
    Reader,
    /// Reads the journal, writes the read models.
    Projector,
}

impl Role {
    /// Every role of the service.
    pub const ALL: [Self; 3] = [Self::Writer, Self::Reader, Self::Projector];

    /// The name of the role in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Writer => "intraparis_writer",
            Self::Reader => "intraparis_reader",
            Self::Projector => "intraparis_projector",
        }
    }

    /// The same connection, which takes this role at its start.
    #[must_use]
    pub fn connect(self, options: PgConnectOptions) -> PgConnectOptions {
        options.options([("role", self.name())]).application_name(self.name())
    }
}

/// Why a database is not at this build's schema.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The database is newer than this build, was migrated by other files, or is out of reach.
    #[error("the schema cannot be brought to this build's")]
    Migrate(#[from] MigrateError),
    /// It is older than this build, and this login or this server may not change it.
    #[error("the schema is older than this build: let its owner run `intraparis migrate` first")]
    NotTheOwner(#[source] MigrateError),
}

/// Brings the database to this build's schema. One that is there already is only looked at, so that a login which is
/// a member of a single [`Role`] is enough, and a standby serves.
///
/// # Errors
/// [`SchemaError`].
pub async fn run(connection: &mut PgConnection) -> Result<(), SchemaError> {
    if applied(connection).await? {
        return Ok(());
    }
    MIGRATOR.run(connection).await.map_err(|error| {
        if is_forbidden(&error) { SchemaError::NotTheOwner(error) } else { SchemaError::Migrate(error) }
    })
}

/// Whether every migration of this build, and no other, was applied.
async fn applied(connection: &mut PgConnection) -> Result<bool, MigrateError> {
    let table: bool =
        sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL").fetch_one(&mut *connection).await?;
    if !table {
        return Ok(false);
    }
    let applied: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations WHERE success ORDER BY version")
            .fetch_all(connection)
            .await?;
    Ok(MIGRATOR.iter().map(|migration| (migration.version, migration.checksum.to_vec())).eq(applied))
}

/// Insufficient privilege, or a read-only transaction.
fn is_forbidden(error: &MigrateError) -> bool {
    let (MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) = error else { return false };
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| matches!(&*code, "42501" | "25006"))
}

/// A name for this build's state of the migrations: 16 hexadecimal digits that change when any file does.
#[must_use]
pub fn fingerprint() -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut state = DefaultHasher::new();
    for migration in MIGRATOR.iter() {
        (migration.version, &migration.checksum).hash(&mut state);
    }
    format!("{:016x}", state.finish())
}
