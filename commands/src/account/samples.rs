//! Facts and commands for the tests of this module: identifiers are small numbers, times are seconds from the epoch.

use super::{AttemptLogin, LockoutPolicy, LoginOutcome, Patience, RecordLoginOutcome};
use chrono::{DateTime, Utc};
use events::account::{AccountEvent, LoginFailure, LoginRefusal};
use events::{AccountId, AttemptId, Channel, CredentialId, KeyId, Sealed, SessionId, Source, SourceTag};
use uuid::Uuid;

pub(super) fn account(number: u128) -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(number))
}

pub(super) fn attempt(number: u128) -> AttemptId {
    AttemptId::from_uuid(Uuid::from_u128(number))
}

pub(super) fn credential(number: u128) -> CredentialId {
    CredentialId::from_uuid(Uuid::from_u128(number))
}

pub(super) fn session(number: u128) -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(number))
}

pub(super) fn sealed(text: &str) -> Sealed<String> {
    Sealed::new(KeyId::from_uuid(Uuid::nil()), text.as_bytes().to_vec())
}

pub(super) fn source() -> Source {
    Source { channel: Channel::Portal, address: sealed("192.0.2.1"), tag: SourceTag::new([7; 16]) }
}

pub(super) fn second(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap()
}

/// An attempt under the default policy by a caller who waits.
pub(super) fn attempt_login(number: u128, at: i64) -> AttemptLogin {
    AttemptLogin {
        attempt: attempt(number),
        source: source(),
        at: second(at),
        policy: LockoutPolicy::default(),
        patience: Patience::Waiting,
        reported: None,
    }
}

pub(super) fn outcome(number: u128, outcome: LoginOutcome) -> RecordLoginOutcome {
    RecordLoginOutcome { attempt: attempt(number), outcome, policy: LockoutPolicy::default() }
}

pub(super) fn provisioned() -> AccountEvent {
    AccountEvent::AccountProvisioned {
        username: sealed("jean.dupont"),
        given_name: sealed("Jean"),
        family_name: sealed("Dupont"),
        staff_number: None,
        initial_code: credential(1),
    }
}

pub(super) fn attempted(number: u128, until: i64) -> AccountEvent {
    AccountEvent::LoginAttempted { attempt: attempt(number), source: source(), slot_until: second(until) }
}

pub(super) fn succeeded(number: u128) -> AccountEvent {
    AccountEvent::LoginSucceeded { attempt: attempt(number), session: Some(session(number)) }
}

pub(super) fn failed(number: u128, reason: LoginFailure) -> AccountEvent {
    AccountEvent::LoginFailed { attempt: attempt(number), reason }
}

pub(super) fn login_refused(number: u128, reason: LoginRefusal) -> AccountEvent {
    AccountEvent::LoginRefused { attempt: attempt(number), source: source(), reason, reported: None }
}

pub(super) fn suspended(failures: u8) -> AccountEvent {
    AccountEvent::AccountSuspended { failures }
}

pub(super) fn reactivated() -> AccountEvent {
    AccountEvent::AccountReactivated { motive: sealed("called back") }
}

/// `failures` wrong passwords, by the attempts from number 1 on.
pub(super) fn wrong_passwords(failures: u8) -> Vec<AccountEvent> {
    (1..=u128::from(failures))
        .flat_map(|number| [attempted(number, 30), failed(number, LoginFailure::WrongPassword)])
        .collect()
}

/// An account suspended by three wrong passwords.
pub(super) fn suspended_account() -> Vec<AccountEvent> {
    [vec![provisioned()], wrong_passwords(3), vec![suspended(3)]].concat()
}
