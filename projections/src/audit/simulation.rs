//! What another lockout policy would have made of the attempts on record.
//!
//! The history was not made under that policy: whoever tried during one of its locks would have been turned away, and
//! might have tried otherwise. So every attempt on record counts, those during a lock too, and both are told: how
//! often the failures reached the limit, which says how hard a name was tried, and the locks that follow from it.

use chrono::{DateTime, TimeDelta, Utc};
use events::account::Verdict;
use std::collections::{BTreeMap, VecDeque};
use std::num::NonZeroUsize;

/// So many failures within so long a time lock for so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockPolicy {
    failures: NonZeroUsize,
    within: TimeDelta,
    lock_for: TimeDelta,
}

/// Why numbers make no policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLockPolicy {
    /// Everybody would be locked without having failed.
    #[error("failures must be at least 1")]
    Failures,
    /// No time to fail in.
    #[error("within must be longer than 0 seconds")]
    Within,
    /// A lock that never holds.
    #[error("lock_for must be longer than 0 seconds")]
    LockFor,
}

impl LockPolicy {
    /// A policy that locks for `lock_for` at `failures` failures of which the last comes no later than `within` after
    /// the first.
    ///
    /// # Errors
    /// [`InvalidLockPolicy`] names the number that is not above zero.
    pub fn new(failures: usize, within: TimeDelta, lock_for: TimeDelta) -> Result<Self, InvalidLockPolicy> {
        let failures = NonZeroUsize::new(failures).ok_or(InvalidLockPolicy::Failures)?;
        if within <= TimeDelta::zero() {
            return Err(InvalidLockPolicy::Within);
        }
        if lock_for <= TimeDelta::zero() {
            return Err(InvalidLockPolicy::LockFor);
        }
        Ok(Self { failures, within, lock_for })
    }
}

/// A time during which a name would have been locked: from `from` on, and before `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lock {
    /// The failure that locked.
    pub from: DateTime<Utc>,
    /// The end.
    pub until: DateTime<Utc>,
}

/// What a policy would have done to one name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locked {
    /// Each time that the failures reached the limit, a lock being under way or not. The count starts again at each.
    pub reached: Vec<DateTime<Utc>>,
    /// The locks that followed, one after the other: reaching the limit again during a lock does not extend it.
    pub locks: Vec<Lock>,
}

/// A policy at work on a history. It keeps what it found and, of each name, the failures that may still count.
#[derive(Clone, Debug)]
pub struct Simulation<Who> {
    policy: LockPolicy,
    failures: BTreeMap<Who, VecDeque<DateTime<Utc>>>,
    locked: BTreeMap<Who, Locked>,
}

impl<Who: Ord + Clone> Simulation<Who> {
    /// Before the first attempt.
    #[must_use]
    pub const fn new(policy: LockPolicy) -> Self {
        Self { policy, failures: BTreeMap::new(), locked: BTreeMap::new() }
    }

    /// Takes in the next attempt on record. A success clears the failures before it; it ends no lock.
    pub fn observe(&mut self, who: &Who, at: DateTime<Utc>, verdict: Verdict) {
        match verdict {
            Verdict::Accepted => {
                self.failures.remove(who);
            }
            Verdict::Failed => self.failed(who, at),
        }
    }

    fn failed(&mut self, who: &Who, at: DateTime<Utc>) {
        let Self { policy, failures, .. } = self;
        let recent = failures.entry(who.clone()).or_default();
        recent.retain(|failure| at.signed_duration_since(failure) <= policy.within);
        recent.push_back(at);
        if recent.len() >= policy.failures.get() {
            self.reached(who, at);
        }
    }

    fn reached(&mut self, who: &Who, at: DateTime<Utc>) {
        self.failures.remove(who);
        let locked = self.locked.entry(who.clone()).or_default();
        locked.reached.push(at);
        if locked.locks.last().is_none_or(|lock| lock.until <= at) {
            let until = at.checked_add_signed(self.policy.lock_for).unwrap_or(DateTime::<Utc>::MAX_UTC);
            locked.locks.push(Lock { from: at, until });
        }
    }

    /// Whom the policy would have locked, when and how often.
    #[must_use]
    pub fn finish(self) -> BTreeMap<Who, Locked> {
        self.locked
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::{Accepted, Failed};
    use proptest::prelude::*;

    fn second(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    fn policy(failures: usize, within: i64, lock_for: i64) -> LockPolicy {
        LockPolicy::new(failures, TimeDelta::seconds(within), TimeDelta::seconds(lock_for)).unwrap()
    }

    fn simulate(policy: LockPolicy, attempts: &[(&'static str, i64, Verdict)]) -> BTreeMap<&'static str, Locked> {
        let mut simulation = Simulation::new(policy);
        for (who, at, verdict) in attempts {
            simulation.observe(who, second(*at), *verdict);
        }
        simulation.finish()
    }

    fn failures_of(who: &'static str, at: impl IntoIterator<Item = i64>) -> Vec<(&'static str, i64, Verdict)> {
        at.into_iter().map(|at| (who, at, Failed)).collect()
    }

    fn locked(reached: &[i64], locks: &[(i64, i64)]) -> Locked {
        Locked {
            reached: reached.iter().copied().map(second).collect(),
            locks: locks.iter().map(|(from, until)| Lock { from: second(*from), until: second(*until) }).collect(),
        }
    }

    #[test]
    fn the_window_is_inclusive() {
        assert_eq!(simulate(policy(3, 10, 60), &failures_of("root", [0, 5, 10]))["root"], locked(&[10], &[(10, 70)]));
        assert!(simulate(policy(3, 10, 60), &failures_of("root", [0, 5, 11])).is_empty());
    }

    #[test]
    fn failures_leave_the_window_one_by_one() {
        let at = [0, 6, 12, 15];
        assert_eq!(simulate(policy(3, 10, 60), &failures_of("root", at))["root"], locked(&[15], &[(15, 75)]));
    }

    #[test]
    fn the_count_starts_again_at_each_lock() {
        assert_eq!(simulate(policy(2, 10, 1), &failures_of("root", [0, 1, 3]))["root"], locked(&[1], &[(1, 2)]));
        assert_eq!(
            simulate(policy(2, 10, 1), &failures_of("root", [0, 1, 3, 4]))["root"],
            locked(&[1, 4], &[(1, 2), (4, 5)])
        );
    }

    #[test]
    fn a_lock_is_not_extended() {
        assert_eq!(
            simulate(policy(2, 10, 60), &failures_of("root", [0, 1, 59, 60, 61, 62]))["root"],
            locked(&[1, 60, 62], &[(1, 61), (62, 122)])
        );
    }

    #[test]
    fn a_lock_has_ended_at_its_end() {
        assert_eq!(
            simulate(policy(1, 10, 60), &failures_of("root", [0, 59, 60]))["root"],
            locked(&[0, 59, 60], &[(0, 60), (60, 120)])
        );
    }

    #[test]
    fn a_success_clears_the_count() {
        let attempts = [("root", 0, Failed), ("root", 1, Failed), ("root", 2, Accepted), ("root", 3, Failed)];
        assert!(simulate(policy(3, 10, 60), &attempts).is_empty());
    }

    #[test]
    fn names_do_not_share_a_count() {
        let attempts = [("root", 0, Failed), ("admin", 1, Failed), ("root", 2, Failed), ("admin", 3, Accepted)];
        let outcome = simulate(policy(2, 10, 60), &attempts);
        assert_eq!(outcome.into_iter().collect::<Vec<_>>(), [("root", locked(&[2], &[(2, 62)]))]);
    }

    #[test]
    fn a_lock_ends_with_time_itself() {
        let mut simulation = Simulation::new(policy(1, 1, 1));
        simulation.observe(&"root", DateTime::<Utc>::MAX_UTC, Failed);
        assert_eq!(simulation.finish()["root"].locks[0].until, DateTime::<Utc>::MAX_UTC);
    }

    #[test]
    fn nothing_is_not_a_policy() {
        let (zero, second) = (TimeDelta::zero(), TimeDelta::seconds(1));
        assert_eq!(LockPolicy::new(0, second, second), Err(InvalidLockPolicy::Failures));
        assert_eq!(LockPolicy::new(1, zero, second), Err(InvalidLockPolicy::Within));
        assert_eq!(LockPolicy::new(1, -second, second), Err(InvalidLockPolicy::Within));
        assert_eq!(LockPolicy::new(1, second, zero), Err(InvalidLockPolicy::LockFor));
    }

    /// Attempts of two names, in order.
    fn history() -> impl Strategy<Value = Vec<(&'static str, i64, Verdict)>> {
        let who = prop::sample::select(vec!["root", "admin"]);
        let verdict = prop_oneof![9 => Just(Failed), 1 => Just(Accepted)];
        prop::collection::vec((who, 0i64..20, verdict), 0..200).prop_map(|mut attempts| {
            let mut now = 0;
            for (_, at, _) in &mut attempts {
                now += *at;
                *at = now;
            }
            attempts
        })
    }

    proptest! {
        #[test]
        fn each_time_is_earned_and_each_lock_whole(
            attempts in history(), failures in 1usize..6, within in 1i64..60, lock_for in 1i64..60,
        ) {
            for (who, Locked { reached, locks }) in simulate(policy(failures, within, lock_for), &attempts) {
                let failed = attempts.iter().filter(|(name, _, verdict)| *name == who && *verdict == Failed).count();
                prop_assert!(reached.len() * failures <= failed);
                for lock in &locks {
                    prop_assert!(reached.contains(&lock.from));
                    prop_assert_eq!(lock.until - lock.from, TimeDelta::seconds(lock_for));
                }
                prop_assert!(locks.is_sorted_by(|one, next| one.until <= next.from));
                for at in reached {
                    prop_assert!(locks.iter().any(|lock| lock.from <= at && at < lock.until));
                }
            }
        }

        #[test]
        fn names_are_simulated_apart(attempts in history(), failures in 1usize..6) {
            let policy = policy(failures, 30, 30);
            let together = simulate(policy, &attempts);
            for who in ["root", "admin"] {
                let alone: Vec<_> = attempts.iter().copied().filter(|(name, ..)| *name == who).collect();
                let apart = simulate(policy, &alone);
                prop_assert_eq!(apart.get(who), together.get(who));
            }
        }
    }
}
