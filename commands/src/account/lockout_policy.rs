use chrono::{DateTime, TimeDelta, Utc};

/// When an account is suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockoutPolicy {
    max_failures: u8,
    slot: TimeDelta,
}

/// Why a lockout policy makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLockoutPolicy {
    /// Nobody could ever log in.
    #[error("max_failures must be at least 1")]
    MaxFailures,
    /// Every attempt would count as abandoned.
    #[error("slot must be longer than 0 seconds")]
    Slot,
}

impl LockoutPolicy {
    /// A policy that suspends at the `max_failures`th consecutive failure, however far apart, and that counts an
    /// attempt without outcome as a failure once `slot` has passed.
    ///
    /// # Errors
    /// [`InvalidLockoutPolicy`] names the number that is not above zero.
    pub fn new(max_failures: u8, slot: TimeDelta) -> Result<Self, InvalidLockoutPolicy> {
        if max_failures == 0 {
            return Err(InvalidLockoutPolicy::MaxFailures);
        }
        if slot <= TimeDelta::zero() {
            return Err(InvalidLockoutPolicy::Slot);
        }
        Ok(Self { max_failures, slot })
    }

    /// How many consecutive failures suspend.
    #[must_use]
    pub const fn max_failures(&self) -> u8 {
        self.max_failures
    }

    /// How long an attempt may take from its slot to its outcome.
    #[must_use]
    pub const fn slot(&self) -> TimeDelta {
        self.slot
    }

    pub(super) fn slot_until(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        at.checked_add_signed(self.slot).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

impl Default for LockoutPolicy {
    /// The City's demand, three failures; and 30 seconds, far above the worst queue in front of one Argon2id.
    fn default() -> Self {
        Self { max_failures: 3, slot: TimeDelta::seconds(30) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_a_policy() {
        let LockoutPolicy { max_failures, slot } = LockoutPolicy::default();
        assert_eq!(LockoutPolicy::new(max_failures, slot), Ok(LockoutPolicy::default()));
    }

    #[test]
    fn nothing_is_not_a_policy() {
        let second = TimeDelta::seconds(1);
        assert_eq!(LockoutPolicy::new(0, second), Err(InvalidLockoutPolicy::MaxFailures));
        assert_eq!(LockoutPolicy::new(3, TimeDelta::zero()), Err(InvalidLockoutPolicy::Slot));
        assert_eq!(LockoutPolicy::new(3, -second), Err(InvalidLockoutPolicy::Slot));
    }

    #[test]
    fn a_slot_ends_with_time_itself() {
        let policy = LockoutPolicy::default();
        assert_eq!(policy.slot_until(DateTime::<Utc>::MAX_UTC), DateTime::<Utc>::MAX_UTC);
    }
}
