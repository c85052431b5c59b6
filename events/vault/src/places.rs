//! Where each sealed value stands in the journal, for those who seal it and those who open it.
//!
//! | event | field | fact |
//! | --- | --- | --- |
//! | `AccountProvisioned` | `username`, `given_name`, `family_name`, `staff_number` | the account |
//! | `LoginAttempted`, `LoginRefused` | `address` | the attempt |
//! | `AccountReactivated` | `motive` | the record's correlation |
//! | `AuditTrailRead` | `motive` | the reading |
//! | `ProjectionEventSkipped`, `ProjectionStreamQuarantined`, `ProjectionReadmitted` | `motive` | the record's correlation |
//! | `ErasureOrdered`, `ExpiryOrdered`, `ReapplicationOrdered`, `RotationOrdered` | `motive` | the record's correlation |
//! | `EmploymentEntryWithdrawn` | `motive` | the record's correlation |
//! | `LeaveRequested`, `LeaveAmended`, `CancellationRequested` | `reason` | the leave |
//! | `LeaveRequested`, `LeaveAmended`, `AbsenceRecorded` | `special_motive` | the leave |
//! | `LeaveRefused`, `LeavePartiallyApproved`, `CancellationRefused`, `StaffingRuleOverridden`, `LeaveCorrected`, `AbsenceRecorded` | `motive` | the leave |
//! | `SicknessRecorded` | `details` | the spell |
//! | `SicknessShortened`, `CertificateCorrected` | `motive` | the spell |
//! | `RightCredited`, `RightDebited` | `motive` | the credit |
//! | `ProofAttached` | `name`; its file is the field `file` | the proof |

use crate::Place;
use events::account::AccountEvent;
use events::audit::{AuditEvent, ProjectionEvent};
use events::employment::EmploymentEvent;
use events::leave::AbsenceEvent;
use events::vault::VaultEvent;
use events::{AccountId, AttemptId, CorrelationId, DomainEvent, ProofId, ReadingId};
use uuid::Uuid;

/// Who somebody is: one of the fields of `AccountProvisioned`.
#[must_use]
pub const fn identity(account: AccountId, field: &'static str) -> Place<'static> {
    Place { stream: AccountEvent::STREAM, id: account.as_uuid(), field, fact: account.as_uuid() }
}

/// Where an attempt at the door of `account` came from; an account, or the pseudonym that stands for one.
#[must_use]
pub const fn source(account: AccountId, attempt: AttemptId) -> Place<'static> {
    Place { stream: AccountEvent::STREAM, id: account.as_uuid(), field: "address", fact: attempt.as_uuid() }
}

/// Why an account was reactivated.
#[must_use]
pub const fn reactivation_motive(account: AccountId, correlation: CorrelationId) -> Place<'static> {
    Place { stream: AccountEvent::STREAM, id: account.as_uuid(), field: "motive", fact: correlation.as_uuid() }
}

/// For what the trail was read.
#[must_use]
pub const fn reading_motive(reading: ReadingId) -> Place<'static> {
    Place { stream: AuditEvent::STREAM, id: reading.as_uuid(), field: "motive", fact: reading.as_uuid() }
}

/// Why something is left out of a projection, or no longer.
#[must_use]
pub fn exclusion_motive(projection: &str, correlation: CorrelationId) -> Place<'static> {
    let id = ProjectionEvent::stream(projection);
    Place { stream: ProjectionEvent::STREAM, id, field: "motive", fact: correlation.as_uuid() }
}

/// Why something was ordered of keys: of those of `subject`, or of many.
#[must_use]
pub fn order_motive(subject: Option<Uuid>, correlation: CorrelationId) -> Place<'static> {
    let id = VaultEvent::stream(subject);
    Place { stream: VaultEvent::STREAM, id, field: "motive", fact: correlation.as_uuid() }
}

/// What stands sealed in the absence ledger of `agent`: the `field` of the fact about a leave, a sickness, a credit or
/// a proof.
#[must_use]
pub fn absence(agent: AccountId, field: &'static str, fact: impl Into<Uuid>) -> Place<'static> {
    Place { stream: AbsenceEvent::STREAM, id: agent.as_uuid(), field, fact: fact.into() }
}

/// The file of a proof that `agent` attached, or that was attached for him.
#[must_use]
pub const fn proof_file(agent: AccountId, proof: ProofId) -> Place<'static> {
    Place { stream: AbsenceEvent::STREAM, id: agent.as_uuid(), field: "file", fact: proof.as_uuid() }
}

/// Why a value of an employment was withdrawn.
#[must_use]
pub const fn employment_motive(agent: AccountId, correlation: CorrelationId) -> Place<'static> {
    Place { stream: EmploymentEvent::STREAM, id: agent.as_uuid(), field: "motive", fact: correlation.as_uuid() }
}
