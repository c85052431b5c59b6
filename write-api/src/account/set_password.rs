//! A personal password, in place of the secret that was just proved.

use super::password::Typed;
use crate::access::{NewCredential, SecretKind};
use crate::{WriteApi, problems};
use commands::account::{Account, SetPersonalPassword};
use commands::{Execution, NotExecuted};
use events::{AccountId, CredentialId, Metadata};
use journal::{AppendError, Receipt};
use web::Problem;

/// Hashes and keeps the password, then brings it into force: the secret before it and what it opened end.
pub(super) async fn set_password(
    api: &WriteApi,
    account: AccountId,
    password: Typed,
    replaces: CredentialId,
    metadata: Metadata,
) -> Result<Receipt, Problem> {
    let place = api.hashing.place().map_err(problems::hashing)?;
    let phc = api.hashing.hash(place, password).await.map_err(problems::hashing)?;
    let (id, created_at) = (CredentialId::new(), api.clock.now());
    let credential = NewCredential { id, account, kind: SecretKind::Password, phc, created_at };
    api.credentials.insert(&credential).await.map_err(problems::credentials)?;
    let command = SetPersonalPassword { password: id, replaces };
    match Execution::<Account>::new(&api.journal, metadata).on(account, command.into()).await {
        Ok(executed) if executed.receipt.replayed.is_none() => {
            api.credentials.forget_superseded(account, id, Some(replaces)).await;
            api.sessions.end_superseded(account, id).await.map_err(problems::database)?;
            Ok(executed.receipt)
        }
        Ok(executed) => {
            api.credentials.discard(id).await;
            Ok(executed.receipt)
        }
        // It may have been recorded: then the secret is needed.
        Err(error @ NotExecuted::Journal(AppendError::Unavailable(_))) => Err(problems::account(error)),
        Err(error) => {
            api.credentials.discard(id).await;
            Err(problems::account(error))
        }
    }
}
