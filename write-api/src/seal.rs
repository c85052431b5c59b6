//! Where sealed values stand. Whoever opens them must name the same place: the stream, the field of the event, and a
//! fact that the event or its record tells too.
//!
//! | event | field | fact |
//! | --- | --- | --- |
//! | `AccountProvisioned` | `username`, `given_name`, `family_name`, `staff_number` | the account |
//! | `LoginAttempted`, `LoginRefused` | `address` | the attempt |
//! | `AccountReactivated` | `motive` | the record's correlation |
//! | `AuditTrailRead` | `motive` | the reading |

use chrono::{DateTime, Utc};
use events::account::AccountEvent;
use events::audit::AuditEvent;
use events::{AccountId, AttemptId, Channel, CorrelationId, DomainEvent, ReadingId, Sealed, Source};
use vault::{Period, Place, Purpose, Vault, VaultError};

/// Who somebody is.
pub(crate) const fn identity(account: AccountId, field: &'static str) -> Place<'static> {
    Place { stream: AccountEvent::STREAM, id: account.as_uuid(), field, fact: account.as_uuid() }
}

pub(crate) async fn seal_identity(
    vault: &Vault,
    account: AccountId,
    field: &'static str,
    value: &str,
) -> Result<Sealed<String>, VaultError> {
    let place = identity(account, field);
    vault.seal(account.as_uuid(), Purpose::Identity, Period::Always, &place, &value.to_owned()).await
}

/// Where an attempt at the door of `account` came from, an account or the pseudonym that stands for one.
pub(crate) async fn source(
    vault: &Vault,
    account: AccountId,
    attempt: AttemptId,
    channel: Channel,
    at: DateTime<Utc>,
    address: &str,
) -> Result<Source, VaultError> {
    let id = account.as_uuid();
    let place = Place { stream: AccountEvent::STREAM, id, field: "address", fact: attempt.as_uuid() };
    let sealed = vault.seal(id, Purpose::Security, Period::of_month(at), &place, &address.to_owned()).await?;
    Ok(Source { channel, address: sealed, tag: vault.source_tag(at, address).await? })
}

/// Why an account is reactivated.
pub(crate) async fn reactivation_motive(
    vault: &Vault,
    account: AccountId,
    correlation: CorrelationId,
    words: &str,
) -> Result<Sealed<String>, VaultError> {
    let id = account.as_uuid();
    let place = Place { stream: AccountEvent::STREAM, id, field: "motive", fact: correlation.as_uuid() };
    vault.seal(id, Purpose::Words, Period::Always, &place, &words.to_owned()).await
}

/// For what the trail is read, in the words of `auditor`.
pub(crate) async fn reading_motive(
    vault: &Vault,
    auditor: AccountId,
    reading: ReadingId,
    words: &str,
) -> Result<Sealed<String>, VaultError> {
    let id = reading.as_uuid();
    let place = Place { stream: AuditEvent::STREAM, id, field: "motive", fact: id };
    vault.seal(auditor.as_uuid(), Purpose::Words, Period::Always, &place, &words.to_owned()).await
}
