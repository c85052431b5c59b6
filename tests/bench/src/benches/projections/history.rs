//! A history to fold: accounts, and attempts to log in to them.

use commands::account::Account;
use esrs::AggregateState;
use esrs::store::EventStore;
use events::account::{AccountEvent, LoginFailure};
use events::{Actor, AttemptId, Capacity, Channel, Clock, CredentialId, KeyId, Metadata, Sealed, Source, SourceTag};
use futures::{StreamExt, TryStreamExt, stream};
use journal::{Config, Journal};
use measure::server::Database;
use migrations::Role;
use uuid::Uuid;

/// How many accounts there are.
const ACCOUNTS: u64 = 1_000;
/// Events of one append.
const CHUNK: u64 = 100;
/// Appends under way at once.
const AT_ONCE: usize = 64;

/// Records at least so many events; how many there are now.
pub async fn record(database: &Database, events: u64) -> anyhow::Result<u64> {
    let journal =
        Journal::open(database.pool(Role::Writer, 4), Config { cached_states: 0, ..Config::default() }).await?;
    let each = events.div_ceil(ACCOUNTS).next_multiple_of(CHUNK);
    stream::iter((0..ACCOUNTS).map(|_| write(&journal, each)))
        .buffer_unordered(AT_ONCE)
        .try_collect::<Vec<()>>()
        .await?;
    journal.close().await;
    Ok(ACCOUNTS * each)
}

async fn write(journal: &Journal, events: u64) -> anyhow::Result<()> {
    let mut account = AggregateState::with_id(Uuid::now_v7());
    let mut history = std::iter::once(provisioned()).chain(std::iter::repeat_with(AttemptId::new).flat_map(login));
    for _ in 0..events / CHUNK {
        let chunk: Vec<AccountEvent> = history.by_ref().take(CHUNK as usize).collect();
        let count = chunk.len();
        journal.unit::<Account>(metadata()).persist(&mut account, chunk).await?;
        for _ in 0..count {
            account.next_sequence_number();
        }
    }
    Ok(())
}

/// What is recorded with them.
pub fn metadata() -> Metadata {
    Metadata::new(Actor::Anonymous, Capacity::Stranger, Clock::system().now())
}

/// An attempt and its outcome: two of three succeed.
fn login(attempt: AttemptId) -> [AccountEvent; 2] {
    let failed = attempt.as_uuid().as_u128().is_multiple_of(3);
    let outcome = if failed {
        AccountEvent::LoginFailed { attempt, reason: LoginFailure::WrongPassword }
    } else {
        AccountEvent::LoginSucceeded { attempt, session: None }
    };
    [attempted(attempt), outcome]
}

/// An attempt.
pub fn attempted(attempt: AttemptId) -> AccountEvent {
    let source = Source { channel: Channel::Sshd, address: sealed(), tag: SourceTag::new([7; 16]) };
    AccountEvent::LoginAttempted { attempt, source, slot_until: Clock::system().now() }
}

/// An account.
pub fn provisioned() -> AccountEvent {
    AccountEvent::AccountProvisioned {
        username: sealed(),
        given_name: sealed(),
        family_name: sealed(),
        staff_number: None,
        initial_code: CredentialId::new(),
    }
}

/// As long as the seal of an address; nobody opens it here.
fn sealed() -> Sealed<String> {
    Sealed::new(KeyId::from_uuid(Uuid::nil()), vec![7; 56])
}
