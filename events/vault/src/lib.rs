//! The keys that seal personal data, and their destruction.
//!
//! The journal is never rewritten. What the law may ask to erase stands in it as a box ([`events::Sealed`]): JSON in
//! XChaCha20-Poly1305 under a key of one subject, one [`Purpose`] and one [`Period`], bound to its [`Place`]. To
//! erase is to destroy the key: every box under it then opens as [`Opened::Erased`], everywhere and for good, while
//! the journal's hashes still verify.
//!
//! Keys are kept in the schema `vault`, wrapped under a [`MasterKey`] that never enters the database. What a backup
//! must do is written in the migration of that schema; [`Vault::destroyed`] and [`Vault::reapply`] are its part here.
//!
//! [`Attachments`] are files sealed in the same way and kept beside the journal.
//!
//! What must be compared without being read is a keyed hash: names by [`Vault::pseudonym`], addresses by
//! [`Vault::source_tag`], the motives of special absences by [`Vault::occasion`].

mod attachments;
mod bucket;
mod data_key;
mod destruction;
mod error;
mod keyring;
mod liveness;
mod master;
mod period;
mod place;
pub mod places;
mod pseudonym;
mod purpose;
mod rotation;
mod secret;
mod vault;

pub use attachments::{Attachments, AttachmentsError};
pub use bucket::BucketAccess;
pub use destruction::Receipt;
pub use error::VaultError;
pub use liveness::Generation;
pub use master::{MasterKey, MasterKeyError};
pub use period::{MalformedPeriod, Month, Period};
pub use place::Place;
pub use purpose::Purpose;
pub use vault::{Opened, Vault};
