//! The roles that count.

use commands::employment::Employment;
use events::account::Role;
use events::date::in_paris;
use events::{AccountId, Metadata};
use journal::{Journal, ReadError};
use std::collections::BTreeSet;

/// Of the roles that an account holds, those that count now: who left the City's service does and reads nothing in the
/// name of others any more, and only what is his own stays.
///
/// # Errors
/// What the journal does not tell of his employment.
pub(crate) async fn in_force(
    journal: &Journal,
    metadata: Metadata,
    account: AccountId,
    held: &BTreeSet<Role>,
) -> Result<BTreeSet<Role>, ReadError> {
    let own = BTreeSet::from([Role::Agent]);
    if held.is_subset(&own) {
        return Ok(held.clone());
    }
    let on = in_paris(metadata.occurred_at);
    let employment = journal.unit::<Employment>(metadata).fresh_state(account).await?.into_inner();
    Ok(if employment.has_left(on) { held & &own } else { held.clone() })
}
