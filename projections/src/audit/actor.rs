//! Who acted, in two columns.

use events::{AccountId, Actor};
use uuid::Uuid;

/// The stored name of an actor's kind, and its id.
pub(super) fn columns_of(actor: &Actor) -> (&'static str, Option<Uuid>) {
    match actor {
        Actor::Account(id) => ("account", Some(id.as_uuid())),
        Actor::Anonymous => ("anonymous", None),
        Actor::Service => ("service", None),
    }
}

/// The actor of these columns.
pub(super) fn of_columns(kind: &str, id: Option<Uuid>) -> Result<Actor, sqlx::Error> {
    match (kind, id) {
        ("account", Some(id)) => Ok(Actor::Account(AccountId::from_uuid(id))),
        ("anonymous", None) => Ok(Actor::Anonymous),
        ("service", None) => Ok(Actor::Service),
        _ => Err(sqlx::Error::Decode("no such actor".into())),
    }
}
