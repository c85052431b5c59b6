//! Secrets and sessions: the tables of the schema `access`.

mod batches;
mod credentials;
mod fingerprint_key;
pub(crate) mod roles;
mod sessions;

pub(crate) use batches::{Batches, Said};
pub(crate) use credentials::{Credentials, CredentialsError, NewCredential, SecretKind};
pub(crate) use fingerprint_key::fingerprint_key;
pub use sessions::Grants;
pub(crate) use sessions::{OpenSession, SessionTable};
