//! Every attempt to log in, in the order in which they were made: what another policy is simulated on.

use chrono::{DateTime, Utc};
use events::account::{AccountEvent, Verdict};
use events::{AccountId, DomainEvent, Position};
use futures::TryStreamExt;
use journal::{ReadError, Reader, Selection};

/// The events that decide an attempt, by their stored names.
pub const KINDS: [&str; 3] = ["LoginSucceeded", "LoginFailed", "LoginRefused"];

/// An attempt to log in, once its outcome is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The account, or the pseudonym of a name that no account has.
    pub who: AccountId,
    /// When it was decided, by the time of the log if it was imported.
    pub at: DateTime<Utc>,
    /// Whether it succeeded. One that was refused without comparing its password is a failure, unless the system
    /// that wrote the log had let it in.
    pub succeeded: bool,
    /// The event that decided it.
    pub position: Position,
}

/// All attempts whose outcome is recorded up to and with `until`: by their time, those of one time as they were recorded.
/// Logs are imported in any order, and a policy counts within a time.
///
/// # Errors
/// [`ReadError`].
pub async fn attempts(reader: &Reader, until: Option<Position>) -> Result<Vec<Attempt>, ReadError> {
    let selection = Selection {
        until,
        stream_type: Some(AccountEvent::STREAM.to_owned()),
        names: KINDS.map(str::to_owned).to_vec(),
        ..Selection::default()
    };
    let mut attempts: Vec<Attempt> = reader
        .events(selection)
        .try_filter_map(|recorded| async move {
            let event = recorded
                .decode::<AccountEvent>()
                .map_err(|source| ReadError::Corrupt { position: recorded.position, source })?;
            Ok(succeeded(&event).map(|succeeded| Attempt {
                who: AccountId::from_uuid(recorded.stream_id),
                at: recorded.occurred_at,
                succeeded,
                position: recorded.position,
            }))
        })
        .try_collect()
        .await?;
    attempts.sort_by_key(|attempt| (attempt.at, attempt.position));
    Ok(attempts)
}

const fn succeeded(event: &AccountEvent) -> Option<bool> {
    match event {
        AccountEvent::LoginSucceeded { .. } => Some(true),
        AccountEvent::LoginFailed { .. } => Some(false),
        AccountEvent::LoginRefused { reported, .. } => Some(matches!(reported, Some(Verdict::Accepted))),
        AccountEvent::AccountProvisioned { .. }
        | AccountEvent::InitialCodeIssued { .. }
        | AccountEvent::PersonalPasswordSet { .. }
        | AccountEvent::LoginAttempted { .. }
        | AccountEvent::AccountSuspended { .. }
        | AccountEvent::AccountReactivated { .. }
        | AccountEvent::RoleGranted { .. }
        | AccountEvent::RoleRevoked { .. }
        | AccountEvent::LoggedOut { .. } => None,
    }
}
