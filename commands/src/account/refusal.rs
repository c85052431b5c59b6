use chrono::{DateTime, Utc};
use events::AttemptId;
use events::account::Role;

/// Why something was not done to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountRefusal {
    /// The account exists.
    #[error("the account is provisioned already")]
    AlreadyProvisioned,
    /// No account stands here: a name that nobody has.
    #[error("the account is not provisioned")]
    NotProvisioned,
    /// Nothing changes the secret of a suspended account but the administration.
    #[error("the account is suspended")]
    Suspended,
    /// There is no suspension to lift.
    #[error("the account is not suspended")]
    NotSuspended,
    /// The secret that was proved is not, or no longer, the one that opens the account.
    #[error("the secret that was proved no longer opens the account")]
    CredentialNotInForce,
    /// Every slot is taken by an attempt under way. Wait for the stream to change, no longer than `until`, and
    /// decide again.
    #[error("every slot is taken by an attempt under way, the first until {until}")]
    SlotsBusy {
        /// When the first of the slots counts as a failure.
        until: DateTime<Utc>,
    },
    /// An attempt takes one slot.
    #[error("attempt {attempt} holds a slot already")]
    AttemptAlreadyOpen {
        /// The attempt.
        attempt: AttemptId,
    },
    /// The attempt holds no slot: it took none, its outcome is recorded, its slot was given up for abandoned, or
    /// the account was suspended meanwhile. Whatever was compared, the answer is that of a failure.
    #[error("attempt {attempt} holds no slot")]
    AttemptNotOpen {
        /// The attempt.
        attempt: AttemptId,
    },
    /// The role was given before.
    #[error("the role {role} is held already")]
    RoleAlreadyHeld {
        /// The role.
        role: Role,
    },
    /// There is nothing to take.
    #[error("the role {role} is not held")]
    RoleNotHeld {
        /// The role.
        role: Role,
    },
    /// Nobody gives himself a role (ASVS 8.3.1, 2.3.5).
    #[error("nobody gives himself a role")]
    OwnRole,
    /// Nobody hands a code out to himself: a session that is still open must not become a secret.
    #[error("nobody issues an initial code to himself")]
    OwnInitialCode,
    /// The roles that the account holds are above those of whoever hands the code out.
    #[error("the role {issuer} issues the initial code of this account")]
    NotTheIssuer {
        /// Who issues it.
        issuer: Role,
    },
    /// Nobody lifts his own suspension: a session that is still open must not undo it.
    #[error("nobody lifts his own suspension")]
    OwnSuspension,
}
