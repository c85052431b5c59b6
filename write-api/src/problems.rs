//! What each error becomes for the client.

use crate::access::CredentialsError;
use crate::account::hashing::HashingError;
use commands::NotExecuted;
use commands::account::AccountRefusal;
use commands::audit::AuditRefusal;
use events::account::Role;
use journal::{AppendError, ReadError};
use std::time::Duration;
use vault::VaultError;
use web::kinds::{
    IDEMPOTENCY_KEY_REUSED, INVALID_CREDENTIALS, NOT_ALLOWED, NOT_FOUND, NOT_SUSPENDED, ROLE_ALREADY_GRANTED,
    ROLE_NOT_HELD, UNAVAILABLE, VERSION_CONFLICT,
};
use web::{Field, Problem, Text};

web::kinds! {
    /// A file as a whole is not what the route takes; rows that are wrong stand in the report.
    UNREADABLE_FILE = "unreadable-file", UNPROCESSABLE_ENTITY,
        "Fichier illisible", "Unreadable file";
    /// A decision was taken already, or another one is due.
    LEAVE_STATE = "leave-state", CONFLICT,
        "La demande n’en est plus là", "The leave is in another state";
    /// It was recorded before.
    ALREADY_RECORDED = "already-recorded", CONFLICT,
        "Déjà enregistré", "Already recorded";
    /// A half-day is taken already.
    OVERLAPPING_ABSENCE = "overlapping-absence", CONFLICT,
        "Demi-journée déjà prise", "Overlapping absence";
    /// The rights do not cover it.
    INSUFFICIENT_RIGHTS = "insufficient-rights", UNPROCESSABLE_ENTITY,
        "Droits insuffisants", "Insufficient rights";
    /// The staffing rules of the unit would be broken.
    UNDERSTAFFED = "understaffed", UNPROCESSABLE_ENTITY,
        "Effectif insuffisant", "Understaffed";
    /// Somebody, or a unit below, would be left in a unit that closes.
    UNIT_IN_USE = "unit-in-use", CONFLICT,
        "Il y a encore quelqu’un", "The unit is in use";
    /// Somebody has as many calendar feeds as one may have.
    TOO_MANY_FEEDS = "too-many-feeds", CONFLICT,
        "Trop de calendriers ouverts", "Too many calendar feeds";
}

pub(crate) fn role_needed(role: Role) -> Problem {
    let detail = Text::made(format!("Il faut le rôle « {role} »."), format!("The role `{role}` is needed."));
    Problem::from(&NOT_ALLOWED).detail(detail)
}

/// The one answer to whoever did not prove who he is, whatever the reason.
pub(crate) fn invalid_credentials() -> Problem {
    Problem::from(&INVALID_CREDENTIALS)
}

/// What an account refuses.
pub(crate) fn account(error: NotExecuted<AccountRefusal>) -> Problem {
    let refusal = match error {
        NotExecuted::Refused(refusal) => refusal,
        NotExecuted::Journal(error) => return journal(error),
    };
    match refusal {
        AccountRefusal::NotProvisioned => Problem::from(&NOT_FOUND),
        AccountRefusal::NotSuspended => Problem::from(&NOT_SUSPENDED),
        AccountRefusal::RoleAlreadyHeld { .. } => Problem::from(&ROLE_ALREADY_GRANTED),
        AccountRefusal::RoleNotHeld { .. } => Problem::from(&ROLE_NOT_HELD),
        AccountRefusal::OwnRole => Problem::from(&NOT_ALLOWED)
            .detail(Text::new("Nul ne se donne un rôle à lui-même.", "Nobody gives himself a role.")),
        AccountRefusal::NotTheIssuer { issuer } => role_needed(issuer),
        AccountRefusal::OwnInitialCode => Problem::from(&NOT_ALLOWED).detail(Text::new(
            "Nul ne se remet un code initial à lui-même.",
            "Nobody issues an initial code to himself.",
        )),
        AccountRefusal::OwnSuspension => Problem::from(&NOT_ALLOWED)
            .detail(Text::new("Nul ne lève sa propre suspension.", "Nobody lifts his own suspension.")),
        // The secret was right a moment ago: to its bearer nothing else may show than a failure.
        AccountRefusal::Suspended | AccountRefusal::CredentialNotInForce => invalid_credentials(),
        AccountRefusal::AlreadyProvisioned
        | AccountRefusal::SlotsBusy { .. }
        | AccountRefusal::AttemptAlreadyOpen { .. }
        | AccountRefusal::AttemptNotOpen { .. } => Problem::internal(refusal),
    }
}

/// What a reading of the trail refuses.
pub(crate) fn audit(error: NotExecuted<AuditRefusal>) -> Problem {
    let at = |pointer: String, detail| Problem::invalid(Field::Pointer(pointer.into()), detail);
    match error {
        NotExecuted::Journal(error) => journal(error),
        NotExecuted::Refused(AuditRefusal::EmptyPeriod { .. }) => {
            at("/until".into(), Text::new("attendu : un instant après « from »", "expected an instant after `from`"))
        }
        NotExecuted::Refused(AuditRefusal::UnknownEventType { index }) => {
            at(format!("/types/{index}"), Text::new("type d’événement inconnu", "unknown type of event"))
        }
        NotExecuted::Refused(refusal @ AuditRefusal::AlreadyDeclared { .. }) => Problem::internal(refusal),
    }
}

/// What the journal did not take.
pub(crate) fn journal(error: AppendError) -> Problem {
    match error {
        AppendError::Conflict => Problem::from(&VERSION_CONFLICT).caused_by(error),
        AppendError::KeyReused => Problem::from(&IDEMPOTENCY_KEY_REUSED).caused_by(error),
        AppendError::Unavailable(_) => Problem::unavailable(error),
        AppendError::Read(error) => reading(error),
        AppendError::Encode(_) | AppendError::Rejected(_) | AppendError::AppendOnly => Problem::internal(error),
    }
}

/// An attempt that could not be recorded is never an answer: 503, right or wrong.
pub(crate) fn not_recorded(error: AppendError) -> Problem {
    Problem::unavailable(error)
}

/// An attempt that found no slot free in time was not compared: 503, right or wrong.
pub(crate) fn slots_busy() -> Problem {
    Problem::unavailable("every slot was taken for as long as an attempt waits").detail(Text::new(
        "Trop de connexions sous ce nom sont en cours.",
        "Too many attempts to sign in under this name are under way.",
    ))
}

/// What the journal did not tell.
pub(crate) fn reading(error: ReadError) -> Problem {
    match error {
        ReadError::Unavailable(_) => Problem::unavailable(error),
        ReadError::Corrupt { .. } | ReadError::Hole { .. } => Problem::internal(error),
    }
}

/// What the vault did not do.
pub(crate) fn vault(error: VaultError) -> Problem {
    match error {
        VaultError::Unavailable(_) => Problem::unavailable(error),
        error => Problem::internal(error),
    }
}

/// What the tables of secrets and sessions did not do.
pub(crate) fn database(error: sqlx::Error) -> Problem {
    if postgres_errors::is_transient(&error) { Problem::unavailable(error) } else { Problem::internal(error) }
}

/// What the table of secrets did not do.
pub(crate) fn credentials(error: CredentialsError) -> Problem {
    match error {
        CredentialsError::Database(error) => database(error),
        CredentialsError::Vault(error) => vault(error),
    }
}

/// What was not hashed.
pub(crate) fn hashing(error: HashingError) -> Problem {
    match error {
        HashingError::Full => {
            Problem::from(&UNAVAILABLE).retry_after(Duration::from_secs(2)).caused_by(HashingError::Full)
        }
        error => Problem::internal(error),
    }
}
