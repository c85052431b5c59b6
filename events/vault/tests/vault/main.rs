//! The vault on a real database.

#![expect(clippy::unwrap_used, reason = "a test ends where its setting does")]

mod attachments;
mod destruction;
mod keys;
mod liveness;
mod master_key;
mod pseudonyms;
mod rotation;
mod sealing;

use chrono::{DateTime, Utc};
use events::Sealed;
use migrations::Role;
use test_support::Database;
use uuid::Uuid;
use vault::{MasterKey, Opened, Period, Place, Purpose, Vault, VaultError};

/// A database, and the vault of a process that writes to it.
struct Setting {
    database: Database,
    master: MasterKey,
    vault: Vault,
}

impl Setting {
    async fn new() -> Self {
        let (database, master) = (Database::new().await, MasterKey::generate().unwrap());
        let vault = Vault::new(database.pool(Role::Writer), master.clone());
        Self { database, master, vault }
    }

    /// The vault of another process.
    fn another(&self) -> Vault {
        Vault::new(self.database.pool(Role::Writer), self.master.clone())
    }

    async fn count(&self, condition: &'static str) -> i64 {
        let query = format!("SELECT count(*) FROM vault.key WHERE {condition}");
        sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(&self.database.owner()).await.unwrap()
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn place(fact: Uuid) -> Place<'static> {
    Place { stream: "account", id: Uuid::from_u128(7), field: "address", fact }
}

async fn sealed(vault: &Vault, subject: Uuid, period: Period, text: &str) -> (Place<'static>, Sealed<String>) {
    let place = place(Uuid::new_v4());
    let sealed = vault.seal(subject, Purpose::Security, period, &place, &text.to_owned()).await.unwrap();
    (place, sealed)
}

async fn opened(
    vault: &Vault,
    (place, sealed): &(Place<'static>, Sealed<String>),
) -> Result<Option<String>, VaultError> {
    vault.open(place, sealed).await.map(Opened::clear)
}
