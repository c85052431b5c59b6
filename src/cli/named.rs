//! Whose history or keys a name or an account on the command line means.

use anyhow::Context;
use events::account::AccountEvent;
use events::username::{LoginName, UsernameEvent};
use events::{DomainEvent, Version};
use futures::TryStreamExt;
use journal::{Reader, Recorded, StreamId};
use uuid::Uuid;
use vault::Vault;
use web::Text;

/// The account that has this username; else the pseudonym under which attempts at the name stand. The name is looked for as
/// it is written, for other systems tell `Root` from `root`, and then as it would be at our own door.
///
/// # Errors
/// When the journal knows nobody of this name, and when it cannot be read.
pub(super) async fn somebody_of(reader: &Reader, vault: &Vault, name: &str) -> anyhow::Result<Uuid> {
    for spelling in [LoginName::verbatim(name), LoginName::typed(name)] {
        let pseudonym = vault.pseudonym(&spelling).await?;
        if let Some(assigned) = first(reader, StreamId::new(UsernameEvent::STREAM, pseudonym)).await? {
            let UsernameEvent::UsernameAssigned { account } = assigned.decode()?;
            return Ok(account.as_uuid());
        }
        if is_known(reader, pseudonym).await? {
            return Ok(pseudonym);
        }
    }
    anyhow::bail!(Text::new(
        "aucun compte n’a ce nom, et aucune tentative n’est inscrite sous ce nom",
        "no account has this name, and no attempt at it is on record",
    ))
}

/// The account, or the pseudonym of a name, if the journal knows it.
///
/// # Errors
/// When it does not, and when the journal cannot be read.
pub(super) async fn known(reader: &Reader, account: Uuid) -> anyhow::Result<Uuid> {
    let nobody = Text::new("le journal ne connaît pas ce compte", "the journal does not know this account");
    is_known(reader, account).await?.then_some(account).context(nobody)
}

async fn is_known(reader: &Reader, account: Uuid) -> anyhow::Result<bool> {
    Ok(first(reader, StreamId::new(AccountEvent::STREAM, account)).await?.is_some())
}

async fn first(reader: &Reader, stream: StreamId) -> anyhow::Result<Option<Recorded>> {
    Ok(reader.stream(stream, Version::NONE).try_next().await?)
}
