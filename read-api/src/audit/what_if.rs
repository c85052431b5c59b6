//! What another lockout policy would have done to the names on record.

use chrono::{DateTime, Utc};
use events::account::{AccountEvent, Verdict};
use events::username::LoginName;
use events::{AccountId, DecodeError, DomainEvent, Version};
use futures::TryStreamExt;
use journal::{ReadError, Reader, StreamId};
use projections::audit::attempts::attempts;
use projections::audit::simulation::{LockPolicy, Locked, Simulation};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use vault::{Vault, VaultError, places};
use web::Text;

/// Why nothing was simulated.
#[derive(Debug, thiserror::Error)]
pub enum NotSimulated {
    /// The history cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An account's first event cannot be read.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// Names can be neither hashed nor opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// Whom another policy would have locked.
#[derive(Debug, Serialize)]
pub struct SimulationReport {
    /// How many attempts were on record.
    pub attempts: usize,
    /// Those locked, the most often first.
    pub locked: Vec<LockedName>,
}

/// One account or name, and its locks.
#[derive(Debug, Serialize)]
pub struct LockedName {
    /// The username; of a name that no account has, the name where it is among those looked for.
    pub name: Option<String>,
    /// The account, or the pseudonym of the name.
    pub account: AccountId,
    /// Whether an account has the name.
    pub exists: bool,
    /// How often it would have been locked.
    pub times: usize,
    /// Each time.
    pub locked_at: Vec<DateTime<Utc>>,
    /// How many periods of lock follow, one that is reached again during a lock not counted.
    pub periods: usize,
}

impl LockedName {
    /// The name for a screen, escaped: whoever tried it chose its characters.
    #[must_use]
    pub fn shown(&self) -> Option<String> {
        self.name.as_ref().map(|name| name.escape_debug().to_string())
    }

    /// How often, in words.
    #[must_use]
    pub fn often(&self) -> Text {
        Text::counted(self.times, ["fois", "fois"], ["time", "times"])
    }
}

impl fmt::Display for SimulationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let locked = ["nom aurait été bloqué", "noms auraient été bloqués"];
        let counted = Text::counted(self.attempts, ["tentative", "tentatives"], ["attempt", "attempts"]).and(
            Text::counted(self.locked.len(), locked, ["name would have been locked", "names would have been locked"]),
        );
        writeln!(f, "{counted}")?;
        for locked in &self.locked {
            write!(f, "{:<38}  {}", locked.shown().unwrap_or_else(|| format!("? {}", locked.account)), locked.often())?;
            if let (Some(first), Some(last)) = (locked.locked_at.first(), locked.locked_at.last()) {
                write!(f, "  {first} … {last}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// Names that systems, not people, are known by: enough to tell what a scan of the network was after.
const COMMON_NAMES: &str = include_str!("common_names.txt");

/// Replays every attempt on record under `policy`.
///
/// # Errors
/// When the history or the vault cannot be read.
pub async fn simulate(
    reader: &Reader,
    vault: &Vault,
    policy: LockPolicy,
    candidates: &str,
) -> Result<SimulationReport, NotSimulated> {
    let mut simulation = Simulation::new(policy);
    let history = attempts(reader, None).await?;
    for attempt in &history {
        let verdict = if attempt.succeeded { Verdict::Accepted } else { Verdict::Failed };
        simulation.observe(&attempt.who, attempt.at, verdict);
    }
    let mut names = BTreeMap::new();
    for name in COMMON_NAMES.lines().chain(candidates.lines()) {
        for spelling in [LoginName::verbatim(name), LoginName::typed(name)] {
            names.insert(vault.pseudonym(&spelling).await?, name.to_owned());
        }
    }
    let mut locked = Vec::new();
    for (account, Locked { reached, locks }) in simulation.finish() {
        let username = username(reader, vault, account).await?;
        let exists = username.is_some();
        locked.push(LockedName {
            name: username.or_else(|| names.get(&account.as_uuid()).cloned()),
            account,
            exists,
            times: reached.len(),
            locked_at: reached,
            periods: locks.len(),
        });
    }
    locked.sort_by_key(|locked| std::cmp::Reverse(locked.times));
    Ok(SimulationReport { attempts: history.len(), locked })
}

/// The username of an account; none for a name that no account has, or once it is erased.
async fn username(reader: &Reader, vault: &Vault, account: AccountId) -> Result<Option<String>, NotSimulated> {
    let first = reader.stream(StreamId::new(AccountEvent::STREAM, account), Version::NONE).try_next().await?;
    let Some(event) = first else { return Ok(None) };
    if !event.name.eq("AccountProvisioned") {
        return Ok(None);
    }
    let AccountEvent::AccountProvisioned { username, .. } = event.decode()? else { return Ok(None) };
    Ok(vault.open(&places::identity(account, "username"), &username).await?.clear())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_does_nothing_to_the_screen() {
        let locked = LockedName {
            name: Some("\u{1b}[2J\u{9b}31m\u{202e}root".to_owned()),
            account: AccountId::from_uuid(uuid::Uuid::from_u128(7)),
            exists: true,
            times: 1,
            locked_at: Vec::new(),
            periods: 1,
        };
        let report = SimulationReport { attempts: 3, locked: vec![locked] }.to_string();
        assert!(report.contains("\\u{1b}[2J\\u{9b}31m\\u{202e}root"), "{report:?}");
        assert!(!report.contains(|c: char| c.is_control() && c != '\n'), "{report:?}");
    }
}
