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

/// Brings the database to this build's schema; a database that is there already is left as it is.
///
/// # Errors
/// [`MigrateError`] when the database is newer than this build, was migrated by other files, or is out of reach.
pub async fn run(connection: &mut PgConnection) -> Result<(), MigrateError> {
    MIGRATOR.run(connection).await
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
