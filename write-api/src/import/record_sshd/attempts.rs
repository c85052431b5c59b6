//! The second reading: each attempt through the two commands of a login.

use super::windows::Occurrence;
use super::{Accounts, ImportError};
use crate::import::sshd::Attempt;
use crate::{WriteApi, problems, seal};
use chrono::{DateTime, Utc};
use commands::account::{Account, AccountRefusal, AttemptLogin, LoginOutcome, Patience, RecordLoginOutcome};
use commands::{Executed, Execution, NotExecuted};
use data_encoding::HEXLOWER;
use events::account::{AccountEvent, Verdict};
use events::username::LoginName;
use events::{AccountId, Actor, AttemptId, Capacity, Channel, CorrelationId, Idempotency, Metadata, Position, Source};
use journal::{AppendError, Receipt};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::net::IpAddr;

/// What was recorded of one attempt.
#[derive(Debug)]
pub(super) struct Outcome {
    /// The attempt took a slot; else it was refused.
    pub(super) compared: bool,
    /// An import before had recorded it.
    pub(super) known: bool,
    /// It was the failure that suspends.
    pub(super) suspended: Option<(LoginName, DateTime<Utc>, bool)>,
}

/// The first answer to an attempt, to go on with when the import breaks off after it.
#[derive(Serialize, Deserialize)]
struct Begun {
    attempt: AttemptId,
}

pub(super) struct Recorder<'a> {
    pub(super) api: &'a WriteApi,
    pub(super) accounts: &'a Accounts,
    /// What the lines are known by, so that no name can be guessed from an idempotency key.
    pub(super) key: [u8; 16],
    pub(super) correlation: CorrelationId,
}

impl Recorder<'_> {
    /// Records attempts at one name in their order.
    pub(super) async fn one_after_another(&self, attempts: Vec<Occurrence>) -> Result<Vec<Outcome>, ImportError> {
        let mut outcomes = Vec::with_capacity(attempts.len());
        for occurrence in attempts {
            let attempt = &occurrence.attempt;
            // Every name was surveyed; the file stays as it is.
            let Some((account, _)) = self.accounts.get(&attempt.name).copied() else { continue };
            for nth in 1..=attempt.count {
                outcomes.push(self.one(&occurrence, nth, account).await?);
            }
        }
        Ok(outcomes)
    }

    async fn one(&self, told: &Occurrence, nth: u32, account: AccountId) -> Result<Outcome, ImportError> {
        let line = &told.attempt;
        let begun = self.begin(told, nth, account).await?;
        let (attempt, known, compared) = match &begun.receipt.replayed {
            None => (begun.attempt, false, begun.executed_state.slot_until(begun.attempt).is_some()),
            Some(first) => {
                let Begun { attempt } =
                    serde_json::from_slice(&first.outcome).unwrap_or(Begun { attempt: begun.attempt });
                (attempt, true, self.kind_at(line, begun.receipt.position).await?.as_deref() == Some("LoginAttempted"))
            }
        };
        if !compared {
            return Ok(Outcome { compared, known, suspended: None });
        }
        let exists = begun.executed_state.credential().is_some();
        let outcome = match (line.verdict, exists) {
            (Verdict::Accepted, _) => LoginOutcome::Right { session: None, proved: None },
            (Verdict::Failed, true) => LoginOutcome::Wrong,
            (Verdict::Failed, false) => LoginOutcome::UnknownName,
        };
        let suspended = self.close(told, nth, account, attempt, outcome).await?;
        Ok(Outcome { compared, known, suspended: suspended.then(|| (line.name.clone(), line.at, exists)) })
    }

    async fn begin(&self, told: &Occurrence, nth: u32, account: AccountId) -> Result<Started, ImportError> {
        let line = &told.attempt;
        let attempt = AttemptId::new();
        let address = line.address.parse().map_or_else(|_| line.address.clone(), |ip: IpAddr| Source::canonical(ip));
        let source = seal::source(&self.api.vault, account, attempt, Channel::Sshd, line.at, &address).await?;
        let command = AttemptLogin {
            attempt,
            source,
            at: line.at,
            policy: self.api.policy,
            patience: Patience::Exhausted,
            reported: Some(line.verdict),
        };
        let outcome = serde_json::to_vec(&Begun { attempt }).unwrap_or_default();
        let metadata = self.metadata(told, nth, "attempt", outcome);
        let executed = Execution::<Account>::new(&self.api.journal, metadata).on(account, command.into()).await;
        let Executed { state, receipt } = executed.map_err(|source| not_recorded(line.line, source))?;
        Ok(Started { attempt, executed_state: state, receipt })
    }

    /// Whether the outcome suspended the account.
    async fn close(
        &self,
        told: &Occurrence,
        nth: u32,
        account: AccountId,
        attempt: AttemptId,
        outcome: LoginOutcome,
    ) -> Result<bool, ImportError> {
        let command = RecordLoginOutcome { attempt, outcome, policy: self.api.policy };
        let metadata = self.metadata(told, nth, "outcome", Vec::new());
        let line = &told.attempt;
        match Execution::<Account>::new(&self.api.journal, metadata).on(account, command.into()).await {
            Ok(Executed { state, receipt }) if receipt.replayed.is_none() => Ok(state.is_suspended()),
            Ok(Executed { receipt, .. }) => {
                Ok(self.kind_at(line, receipt.position).await?.as_deref() == Some("AccountSuspended"))
            }
            // The import broke off before it, and the slot was given up since.
            Err(NotExecuted::Refused(AccountRefusal::AttemptNotOpen { .. })) => Ok(false),
            Err(source) => Err(not_recorded(line.line, source)),
        }
    }

    /// The kind of the event at a position: what an import before recorded.
    async fn kind_at(&self, line: &Attempt, position: Position) -> Result<Option<String>, ImportError> {
        let before = Position::new(position.get() - 1).unwrap_or_default();
        let page = self.api.journal.reader().page(before, 1).await;
        let page = page.map_err(|source| ImportError::Before { line: line.line, source })?;
        Ok(page.into_iter().next().filter(|event| event.is::<AccountEvent>()).map(|event| event.name))
    }

    fn metadata(&self, told: &Occurrence, nth: u32, step: &str, outcome: Vec<u8>) -> Metadata {
        Metadata { correlation: self.correlation, ..of_line(self.key, told, nth, step, outcome) }
    }
}

/// The line's own time; and a key that is the same whenever a file is imported that says the same as often, so that
/// a log that has grown is known up to where it was. With other dates for the same lines the fingerprint differs, and the
/// import is refused ([`ImportError::OtherDates`]).
fn of_line(key: [u8; 16], told: &Occurrence, nth: u32, step: &str, outcome: Vec<u8>) -> Metadata {
    let Occurrence { attempt: line, number } = told;
    let said = Sha256::new().chain_update(key).chain_update(line.sha256).finalize();
    let key = format!("sshd/{}/{number}/{nth}/{step}", HEXLOWER.encode(&said));
    let fingerprint = Sha256::new().chain_update(said).chain_update(line.at.timestamp_micros().to_be_bytes());
    let fingerprint = fingerprint.finalize().into();
    let idempotency = key.parse().ok().map(|key| Idempotency { key, fingerprint, outcome });
    Metadata { idempotency, ..Metadata::new(Actor::Service, Capacity::Operator, line.at) }
}

/// Refuses a log any of whose attempts was imported with another date: of a window, by one statement.
///
/// # Errors
/// [`ImportError::OtherDates`]; what the journal does not tell.
pub(super) async fn check_dates(api: &WriteApi, key: [u8; 16], window: &[Occurrence]) -> Result<(), ImportError> {
    let asked: Vec<Metadata> = window.iter().map(|told| of_line(key, told, 1, "attempt", Vec::new())).collect();
    let reused = api.journal.first_reused(&asked).await.map_err(problems::journal)?;
    match reused.and_then(|at| window.get(at)) {
        Some(told) => Err(ImportError::OtherDates { line: told.attempt.line }),
        None => Ok(()),
    }
}

/// Why the attempt of a line was not recorded.
fn not_recorded(line: u64, source: NotExecuted<AccountRefusal>) -> ImportError {
    match source {
        NotExecuted::Journal(AppendError::KeyReused) => ImportError::OtherDates { line },
        source => ImportError::Attempt { line, source },
    }
}

struct Started {
    attempt: AttemptId,
    executed_state: commands::account::State,
    receipt: Receipt,
}
