//! What the trail says of each kind of event.

use crate::ProjectionError;
use crate::json::to_json;
use events::account::{AccountEvent, LoginRefusal, Verdict};
use events::audit::{AuditEvent, Outcome, ProjectionEvent};
use events::username::UsernameEvent;
use events::vault::VaultEvent;
use events::{AttemptId, Sealed, Source};
use std::borrow::Cow;
use uuid::Uuid;

/// What the trail says of an event beside its envelope.
#[derive(Debug)]
pub(super) struct Said<'a> {
    /// The account that it is about.
    pub(super) agent: Option<Uuid>,
    pub(super) outcome: Outcome,
    /// Why: a stored name.
    pub(super) reason: Option<&'a str>,
    /// What exactly: a role, a count, a projection, what another system had answered.
    pub(super) detail: Option<Cow<'a, str>>,
    /// Why, in somebody's sealed words, as JSON.
    pub(super) motive: Option<String>,
    /// Of the attempt itself; that of its outcome is looked up by `attempt`.
    pub(super) source: Option<&'a Source>,
    /// The attempt to log in that it is, answers or comes of.
    pub(super) attempt: Option<AttemptId>,
}

impl<'a> Said<'a> {
    pub(super) const fn of(agent: Option<Uuid>, outcome: Outcome) -> Self {
        Self { agent, outcome, reason: None, detail: None, motive: None, source: None, attempt: None }
    }

    /// Of an event of the account, or unknown name, `agent`; `failed` is the attempt whose failure the same command
    /// recorded just before it.
    pub(super) fn of_account(
        agent: Uuid,
        event: &'a AccountEvent,
        failed: Option<AttemptId>,
    ) -> Result<Self, ProjectionError> {
        let done = Self::of(Some(agent), Outcome::Success);
        Ok(match event {
            AccountEvent::AccountProvisioned { .. }
            | AccountEvent::InitialCodeIssued { .. }
            | AccountEvent::PersonalPasswordSet { .. }
            | AccountEvent::LoggedOut { .. } => done,
            AccountEvent::LoginAttempted { attempt, source, .. } => {
                Self { outcome: Outcome::Begun, source: Some(source), attempt: Some(*attempt), ..done }
            }
            AccountEvent::LoginSucceeded { attempt, .. } => Self { attempt: Some(*attempt), ..done },
            AccountEvent::LoginFailed { attempt, reason } => {
                Self { outcome: Outcome::Failure, reason: Some(reason.as_str()), attempt: Some(*attempt), ..done }
            }
            AccountEvent::LoginRefused { attempt, source, reason, reported } => Self {
                outcome: Outcome::Refused,
                reason: Some(LoginRefusal::as_str(*reason)),
                detail: reported.map(|verdict| Cow::Borrowed(reported_as(verdict))),
                source: Some(source),
                attempt: Some(*attempt),
                ..done
            },
            AccountEvent::AccountSuspended { failures } => {
                Self { detail: Some(failures.to_string().into()), attempt: failed, ..done }
            }
            AccountEvent::AccountReactivated { motive } => Self { motive: Some(to_json(motive)?), ..done },
            AccountEvent::RoleGranted { role } | AccountEvent::RoleRevoked { role } => {
                Self { detail: Some(role.as_str().into()), ..done }
            }
        })
    }

    /// Of a username that was assigned.
    pub(super) const fn of_username(event: &UsernameEvent) -> Self {
        match event {
            UsernameEvent::UsernameAssigned { account } => Self::of(Some(account.as_uuid()), Outcome::Success),
        }
    }

    /// Of a reading: it is about the account that was read about, if it was one; of a proof, it names the proof.
    pub(super) fn of_reading(event: &AuditEvent) -> Result<Self, ProjectionError> {
        match event {
            AuditEvent::AuditTrailRead { reading, filter, motive } => Ok(Self {
                detail: Some(reading.to_string().into()),
                motive: motive.as_ref().map(|motive: &Sealed<String>| to_json(motive)).transpose()?,
                ..Self::of(filter.agent.map(Uuid::from), Outcome::Success)
            }),
            AuditEvent::ProofRead { agent, proof, .. } => {
                Ok(Self { detail: Some(proof.to_string().into()), ..Self::of(Some(agent.as_uuid()), Outcome::Success) })
            }
        }
    }

    /// Of what an operator did to a projection.
    pub(super) fn of_projection(event: &'a ProjectionEvent) -> Result<Self, ProjectionError> {
        let done = Self::of(None, Outcome::Success);
        Ok(match event {
            ProjectionEvent::ProjectionEventSkipped { projection, position, motive }
            | ProjectionEvent::ProjectionReadmitted { projection, position, motive } => {
                Self { detail: Some(format!("{projection} {position}").into()), motive: Some(to_json(motive)?), ..done }
            }
            ProjectionEvent::ProjectionStreamQuarantined { projection, stream_type, stream, position, motive } => {
                Self {
                    detail: Some(format!("{projection} {position} {stream_type} {stream}").into()),
                    motive: Some(to_json(motive)?),
                    ..done
                }
            }
            ProjectionEvent::ProjectionRebuilt { projection, position } => {
                Self { detail: Some(format!("{projection} {position}").into()), ..done }
            }
        })
    }

    /// Of what was ordered of keys: it is about the account whose they are, if they are one's.
    pub(super) fn of_vault(event: &'a VaultEvent) -> Result<Self, ProjectionError> {
        let of = |agent, detail: Option<String>, motive: &Sealed<String>| -> Result<Self, ProjectionError> {
            let (detail, motive) = (detail.map(Cow::from), Some(to_json(motive)?));
            Ok(Self { detail, motive, ..Self::of(agent, Outcome::Success) })
        };
        match event {
            VaultEvent::ErasureOrdered { subject, motive } => of(Some(*subject), None, motive),
            VaultEvent::ExpiryOrdered { before, motive } => of(None, Some(before.to_string()), motive),
            VaultEvent::ReapplicationOrdered { receipts, motive } => of(None, Some(receipts.to_string()), motive),
            VaultEvent::RotationOrdered { master, motive } => of(None, Some(master.to_string()), motive),
        }
    }
}

const fn reported_as(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Accepted => "reported-accepted",
        Verdict::Failed => "reported-failed",
    }
}
