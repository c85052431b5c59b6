//! Who an agent is to the HR system: the same staff number is the same agent, in whatever order files come.

use crate::WriteApi;
use events::AccountId;
use uuid::Uuid;
use vault::VaultError;

/// The agent of a staff number. The number cannot be guessed from it without the vault.
///
/// # Errors
/// [`VaultError`] when the vault's key cannot be had.
pub async fn agent_of_staff_number(api: &WriteApi, number: &str) -> Result<AccountId, VaultError> {
    let namespace = Uuid::from_bytes(api.vault.derived_key("agents by staff number").await?);
    Ok(AccountId::from_uuid(Uuid::new_v5(&namespace, number.trim().as_bytes())))
}
