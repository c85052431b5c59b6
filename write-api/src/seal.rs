//! Sealing what commands bring, at its place in the journal.

use chrono::{DateTime, Utc};
use events::leave::MedicalDetails;
use events::{AccountId, AttemptId, Channel, CorrelationId, ReadingId, Sealed, SicknessId, Source};
use uuid::Uuid;
use vault::{Period, Purpose, Vault, VaultError, places};

/// Who somebody is.
pub(crate) async fn identity(
    vault: &Vault,
    account: AccountId,
    field: &'static str,
    value: &str,
) -> Result<Sealed<String>, VaultError> {
    let place = places::identity(account, field);
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
    let place = places::source(account, attempt);
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
    let place = places::reactivation_motive(account, correlation);
    vault.seal(account.as_uuid(), Purpose::Words, Period::Always, &place, &words.to_owned()).await
}

/// For what the trail is read, in the words of `auditor`.
pub(crate) async fn reading_motive(
    vault: &Vault,
    auditor: AccountId,
    reading: ReadingId,
    words: &str,
) -> Result<Sealed<String>, VaultError> {
    let place = places::reading_motive(reading);
    vault.seal(auditor.as_uuid(), Purpose::Words, Period::Always, &place, &words.to_owned()).await
}

/// A field of the ledger of `agent`, in words.
pub(crate) async fn absence(
    vault: &Vault,
    agent: AccountId,
    field: &'static str,
    fact: Uuid,
    words: &String,
) -> Result<Sealed<String>, VaultError> {
    vault.seal(agent.as_uuid(), Purpose::Words, Period::Always, &places::absence(agent, field, fact), words).await
}

/// What is medical in a sickness of `agent`.
pub(crate) async fn medical(
    vault: &Vault,
    agent: AccountId,
    sickness: SicknessId,
    details: &MedicalDetails,
) -> Result<Sealed<MedicalDetails>, VaultError> {
    let place = places::absence(agent, "details", sickness);
    vault.seal(agent.as_uuid(), Purpose::Health, Period::Always, &place, details).await
}

/// Why a value of the employment of `agent` was withdrawn.
pub(crate) async fn employment_motive(
    vault: &Vault,
    agent: AccountId,
    correlation: CorrelationId,
    words: &str,
) -> Result<Sealed<String>, VaultError> {
    let place = places::employment_motive(agent, correlation);
    vault.seal(agent.as_uuid(), Purpose::Words, Period::Always, &place, &words.to_owned()).await
}
