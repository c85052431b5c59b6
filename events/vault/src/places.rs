//! Where each sealed value stands in the journal, for those who seal it and those who open it.
//!
//! | event | field | fact |
//! | --- | --- | --- |
//! | `AccountProvisioned` | `username`, `given_name`, `family_name`, `staff_number` | the account |
//! | `LoginAttempted`, `LoginRefused` | `address` | the attempt |
//! | `AccountReactivated` | `motive` | the record's correlation |
//! | `AuditTrailRead` | `motive` | the reading |
//! | `ProjectionEventSkipped`, `ProjectionStreamQuarantined`, `ProjectionReadmitted` | `motive` | the record's correlation |

use crate::Place;
use events::account::AccountEvent;
use events::audit::{AuditEvent, ProjectionEvent};
use events::{AccountId, AttemptId, CorrelationId, DomainEvent, ReadingId};

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
